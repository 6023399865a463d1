// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport

/// A running program that uses the library; it is ended with the last reference.
final class TargetProcess {
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()

    /// Starts the program and waits until it is ready.
    init(program: String, _ arguments: [String] = []) throws {
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        guard output.fileHandleForReading.nextLine() == "ready" else {
            throw CommandFailure(description: "\(program) did not start")
        }
    }

    deinit {
        // Children inherit the signal mask of the thread that starts them, which may block the gentler signals.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    var pid: String { String(process.processIdentifier) }

    var isRunning: Bool { process.isRunning }

    /// Sends a command and gives the answer, or nil if the program has ended.
    @discardableResult
    func ask(_ command: String) throws -> String? {
        try input.fileHandleForWriting.write(contentsOf: Data((command + "\n").utf8))
        return output.fileHandleForReading.nextLine()
    }

    /// Calls `f` in the program.
    func call(_ number: Int) throws -> Int? { try ask("c \(number)").flatMap { Int($0) } }

    /// Lets the program end, and waits for it.
    func quit() throws {
        try input.fileHandleForWriting.write(contentsOf: Data("q\n".utf8))
        process.waitUntilExit()
    }

    /// The library's code as it is in the process.
    func text() throws -> [UInt8] { try textRange().bytes }

    /// Overwrites bytes of the library's code.
    func overwriteText(at offset: Int, with bytes: [UInt8]) throws {
        let memory = try FileHandle(forUpdating: URL(filePath: "/proc/\(pid)/mem"))
        try memory.seek(toOffset: try textRange().start + UInt64(offset))
        try memory.write(contentsOf: Data(bytes))
    }

    private func textRange() throws -> (start: UInt64, bytes: [UInt8]) {
        let maps = try String(contentsOf: URL(filePath: "/proc/\(pid)/maps"), encoding: .utf8)
        let line = maps.split(separator: "\n").first { $0.contains("libtarget.so") && $0.contains("r-xp") }
        let ends = line?.split(separator: " ").first?.split(separator: "-").compactMap { UInt64($0, radix: 16) } ?? []
        guard ends.count == 2 else { throw CommandFailure(description: "libtarget.so is not mapped") }
        let memory = try FileHandle(forReadingFrom: URL(filePath: "/proc/\(pid)/mem"))
        try memory.seek(toOffset: ends[0])
        return (ends[0], Array(try memory.read(upToCount: Int(ends[1] - ends[0])) ?? Data()))
    }
}
