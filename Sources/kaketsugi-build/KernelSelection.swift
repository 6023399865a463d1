// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CommandLineOutput
import LivePatch
import PatchBuilder

extension SourceOptions {
    /// The kernel that `--package linux=VERSION` and `--flavour` name; nil if another source is meant.
    func kernel() throws(BuildError) -> KernelPackage? {
        guard let package else { return nil }
        return try KernelPackage(
            parsing: package, flavour: flavour,
            suite: try suite.map { name throws(BuildError) in try DebianRelease(parsing: name) })
    }
}

/// Builds live patches of kernels for the commands.
struct KernelPatchWriting {
    var package: KernelPackage
    var source: SourceOptions
    var description: DescriptionOptions
    var waivers: WaiverOptions

    /// Builds and writes a live patch.
    func write(_ fix: Fix, to output: String, progress: ProgressLine) async throws -> PatchOutcome {
        let options = KernelPatchOptions(
            level: description.level, title: description.title, vulnerabilities: description.cve,
            revertHazards: description.hazards, waivers: waivers.waivers(with: fix.waivers),
            safeRelease: description.safeRelease)
        let kernel = KernelSource(package: package, cache: try source.openCache()) { progress.show($0.description) }
        let patch = try await cancelling { try await kernel.build(fix, options: options) }
        let file = try patch.artefact.encoded()
        try replaceFile(output, with: file)
        return .built(
            [PatchFile(path: output, artefact: patch.artefact, file: file)],
            UnitVerdicts(unchanged: patch.unchanged, elsewhere: []))
    }
}
