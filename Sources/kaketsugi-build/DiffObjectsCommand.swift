// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CommandLineOutput
import FoundationEssentials
import PatchBuilder

/// `kaketsugi-build diff-objects`: the differ for objects of the kernel by itself.
struct DiffObjectsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff-objects",
        abstract: "Compare two builds of a unit of the kernel, and write what differs as a live patch's object.",
        discussion: """
            Both are to be compiled with -ffunction-sections -fdata-sections. Exit codes: 0 written; 1 refused, and the \
            cause is on standard error; 3 the code is the same; 64 the command line is wrong.
            """)

    @Option(name: .long, help: ArgumentHelp("The unit without the fix.", valueName: "file"), completion: .file())
    var original: String

    @Option(name: .long, help: ArgumentHelp("The unit with the fix.", valueName: "file"), completion: .file())
    var patched: String

    @Option(
        name: .long,
        help: ArgumentHelp(
            "What the unit is linked into: vmlinux, or a module.",
            discussion: "If there is no such file, its name alone counts: vmlinux, or NAME.ko.", valueName: "file"),
        completion: .file())
    var parent: String

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The symbols of the parent: the text of readelf -sW or of /proc/kallsyms, or an ELF file.",
            valueName: "file"),
        completion: .file())
    var symbols: String

    @Option(
        name: .long, help: ArgumentHelp("The kernel's Module.symvers, or /dev/null.", valueName: "file"),
        completion: .file())
    var symvers: String

    @Option(name: .long, help: ArgumentHelp("What messages call the unit.", valueName: "name"))
    var name: String

    @Option(
        name: .shortAndLong, help: ArgumentHelp("Where to write the object.", valueName: "file"), completion: .file())
    var output: String

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The size of a special section's records, if neither the parent's nor the unit's types tell.",
            valueName: "section=bytes"))
    var recordSize: [String] = []

    @Flag(
        name: .long,
        help: ArgumentHelp(
            "Refuse symbols that neither table has.",
            discussion: "Else they are left to the build of the module, which another object may give them."))
    var strict = false

    mutating func validate() throws { _ = try stated(RecordSizes()) }

    mutating func run() throws {
        do {
            let result = try differ().patch(from: KernelInput.bytes(of: original), to: KernelInput.bytes(of: patched))
            try replaceFile(output, with: result.object)
            report(result)
        } catch KernelRefusal.noChange {
            StandardError.write("kaketsugi-build: the code is the same in both builds\n")
            throw ExitCode(3)
        } catch let refusal as any Error & CustomStringConvertible {
            _ = refused(refusal)
            throw ExitCode(1)
        }
    }

    private func report(_ result: ObjectDiffer.Output) {
        let lines = [
            ("replaced", result.replaced), ("added", result.added), ("removed", result.removed),
            ("called when the patch comes or goes", result.callbacks), ("left out, as the source asks", result.ignored),
            ("left to the module's build, since neither table has it", result.unknown),
            ("off in the new code", result.silent),
        ]
        for (title, names) in lines where !names.isEmpty {
            print("\(title): \(harmlessLines(names.joined(separator: ", ")))")
        }
    }

    private func differ() throws -> ObjectDiffer {
        let unit = try KernelPart(parsing: KernelInput.bytes(of: original), path: original)
        // A parent that is not at hand is known by its name, as far as that tells.
        let part =
            FileManager.default.fileExists(atPath: parent) || !KernelPart.isName(parent)
            ? try KernelPart(parsing: KernelInput.bytes(of: parent), path: parent) : nil
        var sizes = RecordSizes()
        sizes.learn(fromFirstOf: [part?.object, unit.object].compactMap(\.self))
        var linkage = KernelLinkage(
            parent: part?.name ?? KernelPart.name(ofFile: parent),
            symbols: try ParentSymbols(parsing: KernelInput.bytes(of: symbols)),
            exports: try ExportTable(parsing: KernelInput.bytes(of: symvers)))
        linkage.leavesUnknownSymbols = !strict
        return ObjectDiffer(unit: name, linkage: linkage, sizes: try stated(sizes))
    }

    private func stated(_ sizes: RecordSizes) throws -> RecordSizes {
        var sizes = sizes
        for text in recordSize {
            let parts = text.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, let size = Int(parts[1]), sizes.state(size, of: String(parts[0])) else {
                throw ValidationError(
                    "‘\(text)’ is no size of records: write SECTION=BYTES, as in __bug_table=12, of a section whose "
                        + "records the differ knows.")
            }
        }
        return sizes
    }
}
