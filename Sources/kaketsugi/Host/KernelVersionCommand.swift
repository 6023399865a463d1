// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CommandLineOutput
import FoundationEssentials
import LinuxSystem

/// `kaketsugi kernel-version`: which kernel runs, with its live patch.
struct KernelVersionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kernel-version",
        abstract: "Show the release of the running kernel, and the live patches that the kernel itself tells of.",
        discussion: """
            The first line is what `uname -r` prints. Live patches are those of /sys/kernel/livepatch that are enabled, \
            whoever has loaded them.

            Exit codes: 0 done; 64 the command line is wrong.
            """)

    @OptionGroup var output: OutputOptions

    mutating func run() throws {
        print(try output.output.render(RunningKernel()))
    }
}

private struct RunningKernel: Presentable {
    let release = HostIdentity().kernel
    let patches: [String] = livePatches()

    struct Report: Encodable {
        var schemaVersion = 1
        var release: String
        var livePatches: [String]
    }

    var report: Report { Report(release: release, livePatches: patches) }
    func text(in language: Language) -> String { ([release] + patches).joined(separator: "\n") }

    private static func livePatches() -> [String] {
        let folder = "/sys/kernel/livepatch"
        return ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter { name in
            (try? contents(ofFile: "\(folder)/\(name)/enabled", limit: 64))?.first == UInt8(ascii: "1")
        }.sorted()
    }
}
