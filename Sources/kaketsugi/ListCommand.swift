// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CommandLineOutput
import KernelPatcher
import LinuxSystem
import LivePatch
import ProcessPatcher

/// `kaketsugi list`: shows the live patches in processes.
struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Show the live patches in running processes, and in the kernel.",
        discussion: """
            The processes themselves tell, by the record that lies in front of each patch in their memory; there is no \
            other state that could be lost. The kernel tells which live patches it holds, those of other tools too.

            Exit codes: 0 done, whether there are patches or not; 3 a process that was named cannot be looked into; 64 \
            the command line is wrong.
            """)

    @Option(
        name: .long, help: ArgumentHelp("Only this process; may be given several times.", valueName: "number"),
        transform: process)
    var pid: [ProcessID] = []

    @OptionGroup var output: OutputOptions

    mutating func run() throws {
        var listing = PatchListing()
        if pid.isEmpty {
            listing.kernel = KernelPatcher().loaded
            (listing.processes, listing.forbidden) = try searching { () throws(PatchError) in try PatchedProcess.all() }
        } else {
            for process in pid {
                try searching { () throws(PatchError) in
                    guard (try? ProcessIdentity(of: process)) != nil else { throw .noSuchProcess(process) }
                    if let found = try PatchedProcess(process) { listing.processes.append(found) }
                }
            }
        }
        print(try output.output.render(listing))
    }
}

/// The patches in processes.
struct PatchListing: Presentable {
    var processes: [PatchedProcess] = []
    var forbidden: [ProcessID] = []
    /// Those in the kernel.
    var kernel: [LoadedKernelPatch] = []

    /// The JSON of `list`.
    struct Report: Encodable {
        struct Entry: Encodable {
            var pid: Int32
            var name: String
            var patch: String
            var state: String
            var level: Int
            var target: String
            var buildID: String
            /// Where the patch's code lies, for a debugger.
            var codeAddress: String
            var functions: [String]
            var vulnerabilities: [String]
        }

        var schemaVersion = 1
        var patches: [Entry]
        var kernel: [KernelLine]
        var forbidden: [Int32]
    }

    var report: Report {
        Report(
            patches: processes.flatMap { process in
                process.records.map { record in
                    Report.Entry(
                        pid: process.process.rawValue, name: process.name, patch: record.patch.description,
                        state: record.state.word, level: record.manifest.level, target: record.manifest.target.name,
                        buildID: "\(record.manifest.target.buildID)", codeAddress: "\(record.patchBase)",
                        functions: record.manifest.functions.map(\.name),
                        vulnerabilities: Set(record.manifest.fixes.flatMap(\.vulnerabilities)).sorted())
                }
            },
            kernel: kernel.map(KernelLine.init), forbidden: forbidden.map(\.rawValue))
    }

    func text(in language: Language) -> String {
        var lines: [String] = []
        lines += kernel.map { KernelLine($0).text(in: language) }
        if processes.isEmpty {
            guard kernel.isEmpty else { return lines.joined(separator: "\n") }
            lines.append(Text.nothingPatched.text(in: language))
        } else {
            let headings: [Text.Heading] = [.process, .name, .patch, .level, .state, .target]
            let rows = processes.flatMap { process in
                process.records.map { record in
                    [
                        process.process.description, process.name, record.patch.short, String(record.manifest.level),
                        Text.result(record.state.result).text(in: language), record.manifest.target.name,
                    ]
                }
            }
            lines.append(TextLayout.table([headings.map { Text.heading($0).text(in: language) }] + rows))
        }
        if !forbidden.isEmpty, !Privilege.mayTraceOthers {
            lines.append(Text.forbidden(count: forbidden.count).text(in: language))
        }
        return lines.joined(separator: "\n")
    }
}

extension ResidentRecord.State {
    /// The state in one word, for programs.
    fileprivate var word: String {
        switch self {
        case .mapped: "mapped"
        case .switching: "interrupted"
        case .applied: "applied"
        case .reverted: "reverted"
        case .superseded: "superseded"
        }
    }

    /// The state for people.
    fileprivate var result: Text.Result {
        switch self {
        case .mapped: .mapped
        case .switching: .interrupted
        case .applied: .patched
        case .reverted: .reverted
        case .superseded: .superseded
        }
    }
}
