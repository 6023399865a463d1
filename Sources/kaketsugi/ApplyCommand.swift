// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CommandLineOutput
import LinuxSystem
import LivePatch
import ProcessPatcher

/// `kaketsugi apply`: puts a live patch into processes.
struct ApplyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply",
        abstract: "Put a live patch into processes.",
        discussion: """
            Processes are told by the build ID in their memory, whatever the file's name is and whether it still \
            exists. A process runs on while everything is prepared; its threads are stopped together only to check that \
            none is in a function that is replaced, and to write the jumps. What cannot be done safely is refused with \
            its cause, and the process is left as it was.

            A process that holds another level of the same target goes from that one to this one at one instant. A \
            higher level is only left with --allow-downgrade.

            Exit codes: 0 patched, or it was already; 2 in some processes, in others not; 3 refused, or in none; 4 no \
            process uses the target; 64 the command line is wrong.
            """)

    @Argument(help: ArgumentHelp("The live patch.", valueName: "file"), completion: .file(extensions: ["mend"]))
    var file: String

    @OptionGroup var selection: SelectionOptions
    @OptionGroup var exclusion: ExclusionOptions
    @OptionGroup var patience: PatienceOptions
    @OptionGroup var output: OutputOptions

    @Flag(help: "Go back to this level where a higher one is in force.")
    var allowDowngrade = false

    @Flag(help: "Confirm the hazards of going back, with --allow-downgrade.")
    var yes = false

    mutating func run() throws {
        let patch = try readPatch(file)
        let patcher = Patcher(
            patch, patience: patience.duration, allowsDowngrade: allowDowngrade,
            exclusions: selection.all ? exclusion.exclusions : exclusion.forNamed)
        var outcome = Outcome(.apply, of: patch.id, manifest: patch.artefact.manifest)
        var processes = selection.pid
        if selection.all {
            processes = try searching { () throws(PatchError) in try Discovery.processes() }
        } else {
            (processes, outcome.reports) = existing(selection.pid, for: patch.id)
        }
        if allowDowngrade, !yes { try confirmWayBack(from: patch, in: processes) }
        let reports = reportInParallel(processes) { patcher.apply(to: $0) }
        outcome.add(reports, searched: selection.all)
        try outcome.finish(output.output)
    }

    /// A level that is left has hazards that are its own.
    private func confirmWayBack(from patch: Patch, in processes: [ProcessID]) throws {
        var hazards: [ArtefactID: ResidentRecord] = [:]
        for process in processes {
            for record in (try? PatchedProcess(process))?.records ?? [] where record.isInForce {
                if patch.artefact.manifest.relation(to: record.manifest) == .isOlder { hazards[record.patch] = record }
            }
        }
        for record in hazards.values.sorted(by: { $0.patch.description < $1.patch.description }) {
            try Confirmation(record).obtain()
        }
    }
}
