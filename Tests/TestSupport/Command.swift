// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// A program that a test runs to its end.
package struct Command: Sendable {
    /// The exit status; 128 and the signal's number for one that a signal ended.
    package var status: Int32
    /// What it wrote to standard output.
    package var output: String
    /// What it wrote to standard error.
    package var errors: String

    /// Runs a program found through PATH.
    package init(_ program: String, _ arguments: [String], in directory: URL? = nil) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        // A child inherits the signals that the thread blocks which starts it; gdb then never learns that a process has stopped.
        process.arguments = ["--default-signal", program] + arguments
        process.currentDirectoryURL = directory
        let output = Pipe()
        let errors = try TemporaryDirectory()
        _ = FileManager.default.createFile(atPath: errors.path("stderr"), contents: nil)
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = try FileHandle(forWritingTo: errors.url.appending(path: "stderr"))
        try process.run()
        self.output = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        self.errors = String(decoding: try errors.read("stderr"), as: UTF8.self)
        status = process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
    }
}

extension String {
    /// The words of a message, without the lines that it is broken into for a terminal.
    package var unwrapped: String { split(whereSeparator: \.isWhitespace).joined(separator: " ") }
}

/// A program that a test needs did not succeed.
package struct CommandFailure: Error, CustomStringConvertible {
    package var description: String

    /// A failure in words.
    package init(description: String) { self.description = description }
}

/// Runs the C compiler.
package func compile(_ arguments: [String], in directory: TemporaryDirectory) throws {
    let command = try Command("gcc", arguments, in: directory.url)
    guard command.status == 0 else {
        throw CommandFailure(description: "gcc \(arguments.joined(separator: " ")): \(command.errors)")
    }
}
