// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CommandLineOutput
import LinuxSystem
import LivePatch
import ProcessPatcher

/// `kaketsugi revert`: takes a live patch out of processes.
struct RevertCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revert",
        abstract: "Take a live patch out of processes.",
        discussion: """
            The original functions are entered again, as soon as no thread is in the patch. What the patch did stays \
            done: where its author knows that the way back needs care, that is shown and must be confirmed.

            Exit codes: 0 reverted, or it was already; 2 in some processes, in others not; 3 refused, not confirmed, or \
            in none; 4 no process holds the patch; 64 the command line is wrong.
            """)

    @Argument(
        help: ArgumentHelp("The patch's identity, 6 or more of its digits, or its file.", valueName: "id-or-file"),
        completion: .file(extensions: ["mend"]))
    var patch: String

    @OptionGroup var selection: SelectionOptions
    @OptionGroup var patience: PatienceOptions
    @OptionGroup var output: OutputOptions

    @Flag(help: "Confirm the hazards that the patch's author names.")
    var yes = false

    mutating func run() throws {
        let named = try NamedPatch(patch)
        var forbidden: [ProcessID] = []
        var candidates = selection.pid
        if selection.all {
            let found = try searching { () throws(PatchError) in try PatchedProcess.all() }
            candidates = found.patched.filter { $0.records.contains(where: named.matches) }.map(\.process)
            forbidden = found.forbidden
        }
        let records = candidates.compactMap { try? PatchedProcess($0) }.flatMap(\.records).filter(named.matches)
        let id = try named.identity(among: records)
        var outcome = Outcome(.revert, of: id, manifest: named.manifest ?? records.first?.manifest)
        outcome.forbidden = forbidden
        if !selection.all { (candidates, outcome.reports) = existing(candidates, for: id) }
        if let record = records.first(where: { $0.patch == id && $0.state != .reverted }), !yes {
            try Confirmation(record).obtain()
        }
        let reverter = Reverter(patience: patience.duration)
        outcome.reports += reportInParallel(candidates) { reverter.revert(id, in: $0) }
        try outcome.finish(output.output)
    }
}
