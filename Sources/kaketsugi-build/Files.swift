// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CommandLineOutput
import FoundationEssentials
import LivePatch

/// A file that cannot be read or written.
struct FileFailure: Error, CustomStringConvertible {
    var description: String
}

/// All bytes of a file.
func readFile(_ path: String) throws -> [UInt8] {
    do {
        return Array(try Data(contentsOf: URL(filePath: path)))
    } catch {
        throw FileFailure(description: "\(path): it cannot be read: \(reason(for: error))")
    }
}

/// Reads the bytes of a live patch; a refusal names the file.
func readArtefact(_ bytes: [UInt8], named file: String) throws -> Artefact {
    do throws(ArtefactError) {
        return try Artefact(parsing: bytes)
    } catch {
        throw FileFailure(description: "\(file): \(error)")
    }
}

/// A report as JSON, the same text for equal reports.
func jsonText(_ report: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(report), as: UTF8.self)
}

/// Refuses a path whose folder cannot take a file, before work is spent on one.
func requireFolder(of path: String) throws {
    let folder = URL(filePath: path).deletingLastPathComponent().path
    guard FileManager.default.isWritableFile(atPath: folder) else {
        throw FileFailure(description: "\(path): the folder \(folder) does not exist, or cannot be written to")
    }
}

/// Writes a file under a temporary name and gives it its own when it is complete.
func replaceFile(_ path: String, with bytes: [UInt8]) throws {
    do {
        try Data(bytes).write(to: URL(filePath: path), options: .atomic)
    } catch {
        throw FileFailure(description: "\(path): it cannot be written: \(reason(for: error))")
    }
}

/// Prints why something is refused, and gives the exit code that says so.
func refused(_ refusal: any Error & CustomStringConvertible) -> ExitCode {
    StandardError.write("kaketsugi-build: \(harmlessLines(refusal.description))\n")
    return .refused
}

/// Lines without what a terminal obeys.
func harmlessLines(_ text: String) -> String {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    return lines.map { TextLayout.harmless(String($0)) }.joined(separator: "\n")
}

private func reason(for error: any Error) -> String {
    guard let error = error as? CocoaError else { return "\(error)" }
    return switch error.code {
    case .fileReadNoSuchFile, .fileNoSuchFile: "there is no such file"
    case .fileReadNoPermission, .fileWriteNoPermission: "permission denied"
    case .fileWriteOutOfSpace: "the disk is full"
    default: "\(error)"
    }
}
