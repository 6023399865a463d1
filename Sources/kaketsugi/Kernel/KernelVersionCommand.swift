// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CommandLineOutput
import KernelPatcher
import LivePatch

/// `kaketsugi kernel-version`: the version that the kernel is as safe as.
struct KernelVersionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kernel-version",
        abstract: "Print the version that the kernel is as safe as, in the form of uname -r.",
        discussion: """
            That is what the live patch says that all tasks run; without one, or if its author has not said, it is what runs. \
            Scanners that go by uname -r can be given this instead.

            Exit codes: 0 done; 64 the command line is wrong.
            """)

    @OptionGroup var output: OutputOptions

    func run() throws {
        let patcher = KernelPatcher()
        let version = KernelVersion(kernel: patcher.effectiveKernel, livePatches: patcher.loaded.map(\.module))
        print(try output.output.render(version))
    }
}

/// The answer of `kernel-version`.
struct KernelVersion: Presentable {
    let kernel: EffectiveKernel
    let livePatches: [String]

    /// The JSON of `kernel-version`.
    struct Report: Encodable {
        var schemaVersion = 1
        var release: String
        var safeRelease: String
        var patch: String?
        var level: Int?
        var livePatches: [String]
    }

    var report: Report {
        Report(
            release: kernel.release, safeRelease: kernel.safeRelease, patch: kernel.patch?.id.description,
            level: kernel.patch?.manifest.level, livePatches: livePatches)
    }

    func text(in language: Language) -> String { kernel.safeRelease }
}
