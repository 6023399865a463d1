// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CommandLineOutput
import LinuxSystem
import ProcessPatcher

/// Which processes a command is about.
struct SelectionOptions: ParsableArguments {
    @Option(
        name: .long, help: ArgumentHelp("A process; may be given several times.", valueName: "number"),
        transform: process)
    var pid: [ProcessID] = []

    @Flag(help: "All processes that have the target mapped, in containers too.")
    var all = false

    mutating func validate() throws {
        guard !all || pid.isEmpty else { throw ValidationError(Self.rule) }
    }

    /// What is wrong where processes are neither named nor searched for.
    static let rule = "Give either --pid or --all; only a patch of the kernel needs neither."
}

/// Which processes are left alone.
struct ExclusionOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Leave processes alone whose name or whose program's path matches, as in '*/postgres'; may be given several "
                + "times. With --all, process 1 and this program are always left alone.",
            valueName: "pattern"))
    var exclude: [String] = []

    /// The exclusions for processes that were searched for.
    var exclusions: Exclusions { Exclusions(patterns: exclude.map(FilePattern.init)) }
    /// The exclusions for processes that were named.
    var forNamed: Exclusions { Exclusions(patterns: exclude.map(FilePattern.init), excludesInitial: false) }
}

/// How long to wait for threads to leave a function.
struct PatienceOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "How long to try while a thread is in a function that is to be switched.", valueName: "seconds"))
    var wait = Double(PatienceOptions.standard.components.seconds)

    /// How long where nothing is said.
    static let standard = Duration.seconds(3)

    mutating func validate() throws {
        guard (0...86_400).contains(wait) else { throw ValidationError("--wait is from 0 to 86400 seconds.") }
    }

    var duration: Duration { .milliseconds(Int64(wait * 1000)) }
}

/// How to print the result.
struct OutputOptions: ParsableArguments {
    @Flag(help: "Print JSON, with a schema version.")
    var json = false

    var output: Output { json ? .json : .text }
}

/// Reads a process number.
@Sendable func process(_ text: String) throws -> ProcessID {
    guard let number = Int32(text), number > 0 else { throw ValidationError("\(text) is no process number.") }
    return ProcessID(rawValue: number)
}
