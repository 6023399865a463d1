// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSON
import Synchronization
import TestSupport

/// A service with its repository: what its operator does at the command line, and its server on a host of its own.
final class ServiceSite: Sendable {
    let host: VirtualHost
    private let tool: String
    private let server = Mutex<Process?>(nil)

    /// Begins a repository and a contract.
    init(on host: VirtualHost) throws {
        self.host = host
        tool = try builtProgram("kaketsugi-server")
        try host.directory.write("a passphrase of the test\n", to: "passphrase")
        try FileManager.default.createDirectory(atPath: host.directory.path("data"), withIntermediateDirectories: true)
        for name in ["offline", "online"] {
            try operate("keys", "create", name, "--holder", name, "--work", "14", "--passphrase-file", "passphrase")
        }
        try operate(
            "keys", "begin", "first", "--root", "offline.pub", "--root-threshold", "1", "--targets", "offline.pub",
            "--targets-threshold", "1", "--snapshot", "online.pub", "--timestamp", "online.pub")
        try sign("first", "--first")
        try publish("first")
        try operate("contracts", "add", "C-1", "--customer", "Test", "--data", "data")
    }

    deinit { kill() }

    /// Runs a command of the operator's in the folder of the site.
    @discardableResult
    func operate(_ arguments: String...) throws -> Command { try operate(arguments) }

    @discardableResult
    private func operate(_ arguments: [String]) throws -> Command {
        let command = try Command(tool, arguments, in: host.directory.url)
        guard command.status == 0 else {
            throw CommandFailure(description: "kaketsugi-server \(arguments): \(command.errors)\(command.output)")
        }
        return command
    }

    /// What a command with `--json` has said.
    func asked(_ arguments: String...) throws -> JSONValue {
        try JSONValue(parsing: Array(try operate(arguments + ["--json"]).output.utf8))
    }

    /// Signs and publishes a patch, which is then at a level of its target's build.
    func publish(patch file: String, product: String = "openssl") throws {
        let change = "change-\(UInt32.random(in: 0...UInt32.max))"
        try operate(
            "add", change, file, "--repository", "data/repository", "--product", product, "--distribution",
            "debian-12", "--severity", "high", "--restart", "none")
        try sign(change, "--root", "data/repository/metadata/1.root.json")
        try publish(change)
    }

    private func sign(_ change: String, _ trust: String...) throws {
        try operate(
            ["keys", "sign", change] + trust + ["--key", "offline", "--passphrase-file", "passphrase", "--yes"])
    }

    private func publish(_ change: String) throws {
        try operate(
            "publish", change, "--repository", "data/repository", "--key", "online", "--passphrase-file", "passphrase")
    }

    /// Starts the server, and waits until it answers.
    func start() throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/nsenter")
        process.arguments = host.entering(
            tool,
            [
                "serve", "--data", host.directory.path("data"), "--listen", "\(host.address):8443", "--name",
                host.address,
                "--key", host.directory.path("online"), "--passphrase-file", host.directory.path("passphrase"),
            ], [:])
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        if !host.directory.exists("log") { try host.directory.write("", to: "log") }
        let log = try FileHandle(forWritingTo: host.directory.url.appending(path: "log"))
        try log.seekToEnd()
        process.standardError = log
        try process.run()
        server.withLock { $0 = process }
        for _ in 0..<600 {
            let health = try host.run("curl", ["--insecure", "--silent", "--fail", "\(address)/health"])
            if health.status == 0 { return }
            guard process.isRunning else { break }
            usleep(50_000)
        }
        throw CommandFailure(description: "the server did not start: \(try host.directory.read("log") as String)")
    }

    /// Where the service is.
    var address: String { "https://\(host.address):8443" }

    /// Ends the server as a failing machine does.
    func kill() {
        guard let server = server.withLock({ $0 }), server.isRunning else { return }
        _ = try? host.run("pkill", ["-KILL", "-f", "kaketsugi-server serve"])
        server.waitUntilExit()
    }
}
