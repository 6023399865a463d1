// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CommandLineOutput
import LinuxSystem
import LivePatch
import ProcessPatcher

/// `kaketsugi watch`: keeps processes patched.
struct WatchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Put live patches into all processes, and into those that begin later.",
        discussion: """
            Processes that run are patched first. Then the kernel tells of every new executable mapping, of programs that \
            begin and of libraries that are loaded later, in containers too; whoever maps a target is patched within \
            milliseconds. What cannot be patched at the moment is tried again until it ends. Of several levels of one \
            target the highest is applied. Those of one fix for several files are applied together, as apply does it.

            One line tells of each process; processes that have a patch already are not mentioned. SIGTERM or SIGINT \
            (Ctrl-C) ends the watch; the patches stay.

            Exit codes: 0 ended by a signal; 3 refused; 64 the command line is wrong.
            """)

    @Argument(help: ArgumentHelp("The live patches.", valueName: "file"), completion: .file(extensions: ["mend"]))
    var file: [String] = []

    @Option(help: "Watch for all live patches (*.mend) that are in this directory now.", completion: .directory)
    var directory: String?

    @Option(
        help: """
            Where news come from: 'events' of the kernel; 'mappings', events without build IDs, as before Linux 5.12; \
            'processes', news of executed programs, with a look at all processes once a second for what they load later; or \
            only that 'scan' of all processes. The best of them that the kernel has, if nothing is said.
            """)
    var source: WatchSource?

    @Option(help: ArgumentHelp("Pages of each processor's events, a power of two.", visibility: .hidden))
    var eventPages = MappingEvents.standardPages

    @Flag(help: ArgumentHelp("End with the program that has started this one.", visibility: .hidden))
    var withStarter = false

    @OptionGroup var exclusion: ExclusionOptions
    @OptionGroup var output: OutputOptions

    mutating func validate() throws {
        guard !file.isEmpty || directory != nil else { throw ValidationError("Give live patches, or --directory.") }
        guard (1...1 << 16).contains(eventPages), eventPages.nonzeroBitCount == 1 else {
            throw ValidationError("--event-pages is a power of two.")
        }
    }

    mutating func run() throws {
        let named = try file.map(readPatch)
        if named.contains(where: \.artefact.isForKernel) { throw KernelApplication.notWatched }
        // In a directory of all patches, those of the kernel are others' business.
        let found = try (directory.map(patchFiles) ?? []).map(readPatch).filter { !$0.artefact.isForKernel }
        let patches = named + found
        let log = WatchLog(output.output)
        do throws(SystemError) {
            if withStarter { try endWithStarter() }
            try Watch(patches, exclusions: exclusion.exclusions) { log.tell($0) }
                .run(MappingSource(source, pages: eventPages))
        } catch {
            guard error.call == "perf_event_open" || error.call == "NETLINK_CONNECTOR" else {
                throw refused("\(error)")
            }
            throw refused(Text.watchNeeds(call: "\(error)").text(in: .current))
        }
    }
}

extension WatchSource: ExpressibleByArgument {}
