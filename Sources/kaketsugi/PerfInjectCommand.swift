// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CommandLineOutput
import FoundationEssentials
import LinuxSystem
import PerfData
import ProcessPatcher

/// `kaketsugi perf-inject`: makes a recorded profile know the patches.
struct PerfInjectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "perf-inject",
        abstract: "Make a profile of perf record know the live patches in it.",
        discussion: """
            perf tells code by files, and a live patch lies in memory that no file owns: its functions have no names, and \
            with --call-graph dwarf every walk ends in them. This command writes the profile once more, with a small file \
            for each live patch that shows names and unwind tables. perf script, report and annotate take it as any other.

            Which memory is a patch's, the processes tell while they run. Of those that have ended it is told by the \
            patches that are given with --patch.

            Exit codes: 0 written; 2 written, but some memory of patches is not known, or a process may not be looked \
            into; 3 refused, or nothing but such memory; 4 the profile tells of no memory of a patch, and nothing is \
            written; 64 the command line is wrong.
            """)

    @Option(
        name: .shortAndLong, help: ArgumentHelp("The profile that perf record has written.", valueName: "file"),
        completion: .file())
    var input = "perf.data"

    @Option(name: .shortAndLong, help: ArgumentHelp("Where to write it.", valueName: "file"), completion: .file())
    var output: String

    @Option(
        name: .long,
        help: ArgumentHelp(
            "A live patch of processes that have ended; may be given several times.", valueName: "file"),
        completion: .file(extensions: ["mend"]))
    var patch: [String] = []

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Where the files of the patches go; they are needed for as long as the profile is (default: the output's "
                + "name and '.patches').", valueName: "dir"),
        completion: .directory)
    var outputDir: String?

    @OptionGroup var format: OutputOptions

    mutating func run() throws {
        let patches = try patch.map(readPatch)
        let file: MappedFile
        do throws(SystemError) { file = try MappedFile(path: input) } catch { throw refused("\(error)") }
        let result: ProfileInjection
        do {
            let profile = try PerfDataFile(parsing: file.bytes)
            let mappings = try profile.anonymousMappings()
            result = ProfileInjection(
                of: mappings, patches, profile: output, folder: Self.absolute(outputDir ?? output + ".patches"))
            if !result.patches.isEmpty { try result.write(profile) }
        } catch let error as PerfDataError {
            throw refused("\(input): \(error)")
        } catch let error as SystemError {
            throw refused("\(error)")
        }
        print(try format.output.render(result))
        guard result.exitCode == .success else { throw result.exitCode }
    }

    /// A profile is read in any folder.
    private static func absolute(_ path: String) -> String {
        path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
    }
}
