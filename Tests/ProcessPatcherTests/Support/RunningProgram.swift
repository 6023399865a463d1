// SPDX-License-Identifier: Apache-2.0

import Foundation
import LinuxSystem
import Testing

/// A program that answers each line it reads with a line; killed when the test is done with it.
final class RunningProgram {
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private var pending: [UInt8] = []

    var id: ProcessID { ProcessID(rawValue: process.processIdentifier) }
    var isRunning: Bool { process.isRunning }

    /// Starts the program and waits until it says that it is ready.
    init(_ path: String, _ arguments: [String] = []) throws {
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        try #require(try readLine() == "ready")
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
    }

    func ask(_ command: String) throws -> String {
        try send(command)
        return try readLine()
    }

    func send(_ command: String) throws {
        try input.fileHandleForWriting.write(contentsOf: Data((command + "\n").utf8))
    }

    func readLine() throws -> String {
        while true {
            if let newline = pending.firstIndex(of: UInt8(ascii: "\n")) {
                let line = String(decoding: pending[..<newline], as: UTF8.self)
                pending.removeSubrange(...newline)
                return line
            }
            let data = output.fileHandleForReading.availableData
            try #require(!data.isEmpty, "the program has ended: \(id)")
            pending += data
        }
    }

    func signal(_ number: Int32) { kill(process.processIdentifier, number) }

    /// The state's letter of the process.
    var state: Character { get throws { try ProcessIdentity(of: id).state } }
}
