// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CommandLineOutput

/// `kaketsugi apply`: puts a live patch into processes.
struct ApplyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply",
        abstract: "Put a live patch into processes, or several together.",
        discussion: """
            Processes are told by the build ID in their memory, whatever the file's name is and whether it still \
            exists. A process runs on while everything is prepared; its threads are stopped together only to check that \
            none is in a function that is replaced, and to write the jumps. What cannot be done safely is refused with \
            its cause, and the process is left as it was.

            A process that holds another level of the same target goes from that one to this one at one instant. A \
            higher level is only left with --allow-downgrade.

            A fix whose functions lie in several files is a live patch for each. Name all of them in one command: each \
            process goes over to those for the files that it uses at one instant, or to none.

            A live patch of the kernel needs no processes; it is loaded alone. The kernel is looked at first, and what \
            speaks against loading is told before anything is changed. Tasks go over one after the other; if some do not \
            in time, they are named, and all go back. Then the kernel is watched for a while (--soak), and a patch at which \
            it complains is taken out.

            Exit codes: 0 patched, or it was already; 2 in some processes, in others not; 3 refused, or in none; 4 no \
            process uses the target; 64 the command line is wrong.
            """)

    @Argument(
        help: ArgumentHelp("The live patch, or those that are applied together.", valueName: "file"),
        completion: .file(extensions: ["mend"]))
    var files: [String]

    @OptionGroup var selection: SelectionOptions
    @OptionGroup var exclusion: ExclusionOptions
    @OptionGroup var patience: PatienceOptions
    @OptionGroup var kernel: KernelOptions
    @OptionGroup var output: OutputOptions

    @Flag(help: "Go back to this level where a higher one is in force.")
    var allowDowngrade = false

    @Flag(help: "Confirm the hazards of going back, with --allow-downgrade.")
    var yes = false

    /// What the command line asks for.
    var application: Application {
        Application(
            files: files, processes: selection.all ? .all : .these(selection.pid),
            exclusions: selection.all ? exclusion.exclusions : exclusion.forNamed, patience: patience.duration,
            allowsDowngrade: allowDowngrade, isConfirmed: yes, kernel: kernel.settings, output: output.output)
    }

    mutating func run() throws { try application.run() }
}
