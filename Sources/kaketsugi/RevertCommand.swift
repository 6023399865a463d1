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
        abstract: "Take a live patch out of processes, or several together.",
        discussion: """
            The original functions are entered again, as soon as no thread is in the patch. What the patch did stays \
            done: where its author knows that the way back needs care, that is shown and must be confirmed.

            Patches for several files that were applied together are named in one command: each process leaves those that \
            it holds at one instant.

            A live patch of the kernel is taken out alone, without processes. If a task stays in it for too long, the task \
            is named, and the patch is in force as before.

            Exit codes: 0 reverted, or it was already; 2 in some processes, in others not; 3 refused, not confirmed, or \
            in none; 4 no process holds the patch; 64 the command line is wrong.
            """)

    @Argument(
        help: ArgumentHelp(
            "The patch's identity, 6 or more of its digits, or its file; several are reverted together.",
            valueName: "id-or-file"),
        completion: .file(extensions: ["mend"]))
    var patches: [String]

    @OptionGroup var selection: SelectionOptions
    @OptionGroup var patience: PatienceOptions
    @OptionGroup var kernel: KernelPatienceOptions
    @OptionGroup var output: OutputOptions

    @Flag(help: "Confirm the hazards that the patch's author names.")
    var yes = false

    mutating func run() throws {
        let named = try patches.map { try NamedPatch($0) }
        if let reversion = try KernelReversion(of: named, kernel.duration, output.output) {
            return try reversion.run(isConfirmed: yes)
        }
        guard selection.all || !selection.pid.isEmpty else { throw ValidationError(SelectionOptions.rule) }
        func isNamed(_ record: ResidentRecord) -> Bool { named.contains { $0.matches(record) } }
        var forbidden: [ProcessID] = []
        var candidates = selection.pid
        if selection.all {
            let found = try searching { () throws(PatchError) in try PatchedProcess.all() }
            candidates = found.patched.filter { $0.records.contains(where: isNamed) }.map(\.process)
            forbidden = found.forbidden
        }
        let records = candidates.compactMap { try? PatchedProcess($0) }.flatMap(\.records)
        var found: [(id: ArtefactID, manifest: Manifest?)] = []
        for name in named {
            let matching = records.filter(name.matches)
            found.append((try name.identity(among: matching), name.manifest ?? matching.first?.manifest))
        }
        guard let first = found.first?.id else { return }
        var outcome = Outcome(.revert, of: found)
        outcome.forbidden = forbidden
        if !selection.all { (candidates, outcome.reports) = existing(candidates, for: first) }
        if !yes {
            for (id, _) in found {
                guard let record = records.first(where: { $0.patch == id && $0.state != .reverted }) else { continue }
                try Confirmation(record).obtain()
            }
        }
        let reverter = Reverter(patience: patience.duration)
        let others = found.dropFirst().map(\.id)
        outcome.reports += reportInParallel(candidates) { reverter.revert(first, with: others, in: $0) }
        try outcome.finish(output.output)
    }
}
