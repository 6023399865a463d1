// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport

/// A running `kaketsugi watch --json`; it is ended with the last reference.
final class WatchProcess {
    /// A line of what it prints.
    struct News: Decodable {
        var schemaVersion: Int
        var event: String
        var source: String?
        var pid: Int?
        var level: Int?
        var targets: [String]?
        var latencyMicroseconds: Double?
        var reason: String?
        var willRetry: Bool?
        var patched: Int?
        var failed: Int?
    }

    private let process = Process()
    private let output = Pipe()
    /// What it has printed so far, and has been read.
    private(set) var news: [News] = []

    /// Starts to watch, and waits until all processes that run have been looked at.
    init(_ arguments: [String], environment: [String: String] = [:]) throws {
        process.executableURL = URL(filePath: try builtProgram("kaketsugi"))
        process.arguments = ["watch", "--json"] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardOutput = output
        try process.run()
        try wait { $0.event == "surveyed" }
    }

    deinit {
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    var pid: String { String(process.processIdentifier) }

    func signal(_ number: Int32) { kill(process.processIdentifier, number) }

    /// Waits until there is a piece of news, which may have been told before.
    @discardableResult
    func wait(until isMeant: (News) -> Bool) throws -> News {
        if let found = news.first(where: isMeant) { return found }
        while let next = try readLine() { if isMeant(next) { return next } }
        throw CommandFailure(description: "the watch has ended: \(news)")
    }

    /// Waits until a process is patched.
    @discardableResult
    func waitForPatch(in pid: String) throws -> News {
        try wait { $0.event == "patched" && $0.pid.map(String.init) == pid }
    }

    /// Lets it end by a signal.
    ///
    /// - Returns: The exit status; 128 and the number for the end by a signal that it did not handle.
    func end(by number: Int32 = SIGTERM) throws -> Int32 {
        signal(number)
        while try readLine() != nil {}
        process.waitUntilExit()
        return process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
    }

    private func readLine() throws -> News? {
        var line = Data()
        while let byte = try output.fileHandleForReading.read(upToCount: 1), let first = byte.first {
            guard first == UInt8(ascii: "\n") else {
                line.append(first)
                continue
            }
            let read = try JSONDecoder().decode(News.self, from: line)
            news.append(read)
            return read
        }
        return nil
    }
}
