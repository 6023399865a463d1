// SPDX-License-Identifier: Apache-2.0

import LivePatch
import PatchBuilder

/// Makes the live patches of a built fix, one for each shipped file that it changes, and writes them.
struct PatchWriting {
    /// Which of the shipped files are meant.
    var source: SourceOptions
    /// What the author says of the fix.
    var options: PatchOptions

    /// Where things go, in the order of the shipped files that a fix changes.
    struct Paths {
        /// The live patches.
        var patches: [String]
        /// The pages of the safety review; none if nobody asked for them.
        var reviews: [String] = []
    }

    /// Makes and writes the patches; only when all of them are made is any of them written.
    ///
    /// - Parameter paths: Says where each share's files go. A review is written for a patch that it blocks, too.
    /// - Throws: `PatchRefusal`, `FileFailure`.
    func write(_ built: BuiltFix, to paths: (TargetShares) throws(PatchRefusal) -> Paths) throws -> PatchOutcome {
        let shares = try TargetShares(of: built.units, among: source.targets(among: built.targets))
        let verdicts = UnitVerdicts(unchanged: built.unchanged + shares.unchanged, elsewhere: shares.elsewhere)
        let paths = try paths(shares)
        var options = options
        options.fixText = built.levels.map(\.text).joined(separator: "\n")
        if !shares.elsewhere.isEmpty {
            options.findings.append(Finding(rule: .outsideTarget, symbols: shares.elsewhere))
        }
        var patches: [(path: String, artefact: Artefact, file: [UInt8])] = []
        for (position, share) in shares.shares.enumerated() {
            let patch = try PatchAssembly.reviewed(from: share.units, targets: [share.target], options: options)
            let file = patch.blocking.isEmpty ? try patch.artefact.encoded() : nil
            if paths.reviews.indices.contains(position) {
                try writeReview(of: patch, file, to: paths.reviews[position])
            }
            let artefact = try patch.accepted()
            if let file { patches.append((paths.patches[position], artefact, file)) }
        }
        guard !patches.isEmpty else { throw PatchRefusal.noChange(units: verdicts.unchanged) }
        for patch in patches { try replaceFile(patch.path, with: patch.file) }
        return .built(
            patches.map { PatchFile(path: $0.path, artefact: $0.artefact, file: $0.file) }, verdicts)
    }

    private func writeReview(of patch: ReviewedPatch, _ file: [UInt8]?, to path: String) throws {
        let review = try PatchReview(of: patch.artefact, id: file.map { ArtefactID(of: $0) }, fileSize: file?.count)
        try replaceFile(path, with: Array(ReviewPage(review, in: .current).text.utf8))
    }
}
