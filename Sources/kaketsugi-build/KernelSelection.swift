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

/// Builds live patches of kernels for the commands.
struct KernelPatchWriting {
    /// The kernel, with the place where its build root is.
    var kernel: KernelSource
    /// What the author says of the patch.
    var options: KernelPatchOptions
    /// Where the safety review goes as a page, if it is wanted.
    var page: String?

    /// Makes and writes a live patch of a compiled fix.
    ///
    /// - Throws: `BuildError`, `PatchRefusal`, `FileFailure`, `PatchReview.Failure`.
    func write(_ built: BuiltKernelFix, to output: String) async throws -> PatchOutcome {
        let patch = try await cancelling { try await kernel.patch(of: built, options: options) }
        if let page { try patch.reviewed.writePage(to: page) }
        // A misspelt waiver comes first: it is why the finding that was meant still blocks.
        try ReviewedPatch.requireNoNeedlessWaivers([patch.reviewed])
        let artefact = try patch.reviewed.accepted()
        let file = try artefact.encoded()
        try replaceFile(output, with: file)
        return .built(
            [PatchFile(path: output, artefact: artefact, file: file)],
            UnitVerdicts(unchanged: patch.unchanged, elsewhere: patch.elsewhere))
    }
}
