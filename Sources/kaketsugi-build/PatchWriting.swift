// SPDX-License-Identifier: Apache-2.0

import LivePatch
import PatchBuilder
import PatchReview

/// Makes the live patches of a built fix, one for each shipped file that it changes, and writes them.
struct PatchWriting {
    /// Which of the shipped files are meant.
    var source: SourceOptions
    /// What the author says of the fix.
    var options: PatchOptions
    /// Searches the source for who defines some symbols.
    var search: @Sendable (Set<String>) async throws -> SurroundingMaterial.Search
    /// Where the safety review goes as a page, if it is wanted; with several patches each has one.
    var page: String?

    /// Makes and writes the patches; only when all of them are made is any of them written.
    ///
    /// - Parameters:
    ///   - built: The objects of the fix, and what they may be for.
    ///   - paths: Says where each share's patch goes, in the order of the shares.
    /// - Returns: What was written.
    /// - Throws: `PatchRefusal`, `FileFailure`, `PatchReview.Failure`, and what the search throws.
    func write(
        _ built: BuiltFix, to paths: (TargetShares) throws(PatchRefusal) -> [String]
    ) async throws -> PatchOutcome {
        let shares = try TargetShares(of: built.units, among: source.targets(among: built.targets))
        let verdicts = UnitVerdicts(unchanged: built.unchanged + shares.unchanged, elsewhere: shares.elsewhere)
        let paths = try paths(shares)
        var options = options
        if !shares.elsewhere.isEmpty {
            options.findings.append(Finding(rule: .outsideTarget, symbols: shares.elsewhere))
        }
        options.unchangedUnits = verdicts.unchanged
        options.fixText = built.levels.map(\.text).joined(separator: "\n")
        var reviewed: [ReviewedPatch] = []
        options.surroundings.libraries = LibraryFolders(system: built.system)
        for share in shares.shares { reviewed.append(try await self.reviewed(share, &options)) }
        if let page { try write(reviewed, to: page) }
        // A misspelt waiver comes first: it is why the finding that was meant still blocks.
        try ReviewedPatch.requireNoNeedlessWaivers(reviewed)
        let blocking = reviewed.flatMap(\.blocking)
        guard blocking.isEmpty else { throw PatchRefusal.blocked(blocking) }
        guard !reviewed.isEmpty else { throw PatchRefusal.noChange(units: verdicts.unchanged) }
        var patches: [(path: String, artefact: Artefact, file: [UInt8])] = []
        for (patch, path) in zip(reviewed, paths) {
            patches.append((path, patch.artefact, try patch.artefact.encoded()))
        }
        for patch in patches { try replaceFile(patch.path, with: patch.file) }
        return .built(
            patches.map { PatchFile(path: $0.path, artefact: $0.artefact, file: $0.file) }, verdicts)
    }

    /// Makes a share's patch; what it needs of symbols is searched for once for all shares.
    private func reviewed(_ share: TargetShares.Share, _ options: inout PatchOptions) async throws -> ReviewedPatch {
        do {
            return try PatchAssembly.reviewed(from: share.units, targets: [share.target], options: options)
        } catch PatchRefusal.unsearchedSymbols(let symbols) {
            let found = try await search(options.surroundings.search.symbols.union(symbols))
            options.surroundings.search = found
            return try PatchAssembly.reviewed(from: share.units, targets: [share.target], options: options)
        }
    }

    private func write(_ patches: [ReviewedPatch], to page: String) throws {
        for patch in patches {
            let suffix = patches.count > 1 ? ".\(patch.artefact.manifest.target.name).html" : ""
            try patch.writePage(to: page + suffix)
        }
    }
}

extension ReviewedPatch {
    /// Writes the safety review as a page.
    func writePage(to path: String) throws {
        let file = blocking.isEmpty && isWhole ? try artefact.encoded() : nil
        let review = try PatchReview(of: artefact, id: file.map { ArtefactID(of: $0) }, fileSize: file?.count)
        try replaceFile(path, with: Array(ReviewPage(review, in: .current).text.utf8))
    }
}
