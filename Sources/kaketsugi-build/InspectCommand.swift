// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import FoundationEssentials
import LivePatch

/// `kaketsugi-build inspect`: shows what a live patch is for and what it replaces.
struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Show what a live patch is for, and what it replaces.",
        discussion: "The file is an ELF file: readelf, objdump -dr and gdb read it, too.")

    @Argument(help: ArgumentHelp("The live patch.", valueName: "file"), completion: .file(extensions: ["mend"]))
    var file: String

    @Flag(help: "Print JSON.")
    var json = false

    mutating func run() throws {
        do {
            let bytes = try readFile(file)
            let patch = PatchFile(path: file, artefact: try readArtefact(bytes, named: file), file: bytes)
            if json {
                print(try jsonText(InspectionReport(patch)))
            } else {
                print(ManifestText(patch: patch).text)
            }
        } catch let refusal as any Error & CustomStringConvertible {
            throw refused(refusal)
        }
    }
}

/// What `inspect --json` prints.
struct InspectionReport: Encodable {
    /// The layout of this report.
    var schemaVersion = 1
    /// The SHA-256 of the file.
    var id: String
    /// The file's length in bytes.
    var fileSize: Int
    /// The manifest, which has a layout version of its own.
    var manifest: Manifest

    init(_ patch: PatchFile) {
        id = patch.id.description
        fileSize = patch.size
        manifest = patch.artefact.manifest
    }
}
