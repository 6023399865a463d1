// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Runs a program and gives what it wrote, standard error included.
///
/// - Throws: `FixtureError.toolFailed` if its exit status is not zero.
@discardableResult
func run(_ command: [String]) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["LC_ALL=C"] + command
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
        throw FixtureError.toolFailed(command: command, status: process.terminationStatus, output: output)
    }
    return output
}

/// Calls a function with a directory of its own, which is removed afterwards.
func withTemporaryDirectory<Result>(_ body: (URL) throws -> Result) throws -> Result {
    let directory = FileManager.default.temporaryDirectory.appending(path: "elf-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    return try body(directory)
}

/// What a tool says about the bytes of a file.
func output(of command: String, _ options: String..., about bytes: [UInt8]) throws -> String {
    try withTemporaryDirectory { directory in
        let file = directory.appending(path: "file")
        try Data(bytes).write(to: file)
        return try run([command] + options + [file.path])
    }
}

/// The bytes of a file.
func contents(of path: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(filePath: path)))
}
