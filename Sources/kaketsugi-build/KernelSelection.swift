// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CommandLineOutput
import LivePatch
import PatchBuilder

extension SourceOptions {
    /// The kernel that `--package linux=VERSION` and `--flavour` name; nil if another source is meant.
    func kernel(showing progress: @escaping BuildProgress) throws(BuildError) -> KernelSource? {
        guard let package,
            let kernel = try KernelPackage(
                parsing: package, flavour: flavour,
                suite: try suite.map { name throws(BuildError) in try DebianRelease(parsing: name) })
        else { return nil }
        return KernelSource(package: kernel, cache: try openCache(), progress: progress)
    }
}

extension KernelPatch {
    /// Writes the live patch, and its safety review as a page, if it is wanted.
    ///
    /// - Throws: `PatchRefusal`, `FileFailure`, `PatchReview.Failure`.
    func write(to output: String, page: String?) throws -> PatchOutcome {
        if let page { try reviewed.writePage(to: page) }
        // A misspelt waiver comes first: it is why the finding that was meant still blocks.
        try ReviewedPatch.requireNoNeedlessWaivers([reviewed])
        let artefact = try reviewed.accepted()
        let file = try artefact.encoded()
        try replaceFile(output, with: file)
        return .built(
            [PatchFile(path: output, artefact: artefact, file: file)],
            UnitVerdicts(unchanged: unchanged, elsewhere: elsewhere))
    }
}
