// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import KernelPatcher

/// How long to wait for tasks.
struct KernelPatienceOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "How long tasks are given to go over to a patch of the kernel, or to leave it (60).", valueName: "seconds"))
    var kernelWait: Double?

    mutating func validate() throws {
        guard (0...86_400).contains(kernelWait ?? 0) else {
            throw ValidationError("--kernel-wait is from 0 to 86400 seconds.")
        }
    }

    var duration: Duration { kernelWait.map { .milliseconds(Int64($0 * 1000)) } ?? KernelPatcher.standardDeadline }
}

/// What a command is told about a patch of the kernel.
struct KernelOptions: ParsableArguments {
    @OptionGroup var patience: KernelPatienceOptions

    @Option(
        help: ArgumentHelp(
            "How long the kernel is watched after a patch was loaded into it (10).", valueName: "seconds"))
    var soak: Double?

    @Flag(help: "Load a patch of the kernel although the machine went down with it, or the kernel complained.")
    var afterCrash = false

    mutating func validate() throws {
        guard (0...86_400).contains(soak ?? 0) else { throw ValidationError("--soak is from 0 to 86400 seconds.") }
    }

    /// All that is said.
    var settings: KernelSettings {
        var settings = KernelSettings(ignoresCrash: afterCrash)
        settings.deadline = patience.duration
        if let soak { settings.soak = .milliseconds(Int64(soak * 1000)) }
        return settings
    }
}

/// How a patch of the kernel is loaded.
struct KernelSettings: Equatable {
    /// How long tasks are given to go over.
    var deadline = KernelPatcher.standardDeadline
    /// How long the kernel is watched.
    var soak = KernelPatcher.standardSoak
    /// Whether a crash marker is no obstacle.
    var ignoresCrash = false
}
