// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import KernelPatcher

/// What a command is told about a patch of the kernel.
struct KernelOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "How long the kernel is watched after a patch was loaded into it (10).", valueName: "seconds"))
    var soak: Double?

    @Flag(help: "Load a patch of the kernel although the machine went down with it, or the kernel complained.")
    var afterCrash = false

    mutating func validate() throws {
        guard (0...86_400).contains(soak ?? 0) else { throw ValidationError("--soak is from 0 to 86400 seconds.") }
    }

    /// All that is said, with the patience of the command.
    func settings(_ patience: PatienceOptions) -> KernelSettings {
        var settings = KernelSettings(ignoresCrash: afterCrash)
        if let soak { settings.soak = .milliseconds(Int64(soak * 1000)) }
        if let deadline = patience.written { settings.deadline = deadline }
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
