// SPDX-License-Identifier: Apache-2.0

import LivePatch
import PatchBuilder

/// Makes the live patches of a built fix, one for each shipped file that it changes, and writes them.
struct PatchWriting {
    /// Which of the shipped files are meant.
    var source: SourceOptions
    /// What the author says of the fix.
    var options: PatchOptions

    /// Makes and writes the patches; only when all of them are made is any of them written.
    ///
    /// - Parameter paths: Says where each share's patch goes, in the order of the shares.
    /// - Throws: `PatchRefusal`, `FileFailure`.
    func write(
        _ built: BuiltFix, to paths: (TargetShares) throws(PatchRefusal) -> [String]
    ) throws -> PatchOutcome {
        let shares = try TargetShares(of: built.units, among: source.targets(among: built.targets))
        let verdicts = UnitVerdicts(unchanged: built.unchanged + shares.unchanged, elsewhere: shares.elsewhere)
        let paths = try paths(shares)
        var options = options
        if !shares.elsewhere.isEmpty {
            options.findings.append(Finding(rule: .outsideTarget, symbols: shares.elsewhere))
        }
        var patches: [(path: String, artefact: Artefact, file: [UInt8])] = []
        for (share, path) in zip(shares.shares, paths) {
            let artefact = try PatchAssembly.artefact(from: share.units, targets: [share.target], options: options)
            patches.append((path, artefact, try artefact.encoded()))
        }
        guard !patches.isEmpty else { throw PatchRefusal.noChange(units: verdicts.unchanged) }
        for patch in patches { try replaceFile(patch.path, with: patch.file) }
        return .built(
            patches.map { PatchFile(path: $0.path, artefact: $0.artefact, file: $0.file) }, verdicts)
    }
}
