// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport

/// A network of its own that only the hosts of a test are in.
final class VirtualNetwork: Sendable {
    fileprivate let name: String

    /// Makes a switch without hosts.
    init() throws {
        name = "kaketsugi-\(UInt32.random(in: 0x1000_0000...UInt32.max))"
        try ip("netns", "add", name)
        try ip("-n", name, "link", "add", "switch", "type", "bridge")
        try ip("-n", name, "link", "set", "switch", "up")
    }

    deinit { _ = try? Command("ip", ["netns", "del", name]) }

    /// Plugs a host in.
    fileprivate func connect(_ process: String, at address: String) throws {
        let port = "p" + process
        try ip("link", "add", port, "netns", name, "type", "veth", "peer", "name", "eth0", "netns", process)
        try ip("-n", name, "link", "set", port, "master", "switch", "up")
        try succeeding(
            "nsenter",
            ["-t", process, "--net", "--", "sh", "-ec"]
                + ["ip link set lo up; ip link set eth0 up; ip address add \(address)/16 dev eth0"])
    }

    private func ip(_ arguments: String...) throws { try succeeding("ip", arguments) }
}

/// A host whose network, processes and mounts are its own; its files are those of the machine, but for its own state.
final class VirtualHost: Sendable {
    /// Where it is in the network.
    let address: String
    /// The folder of its own files.
    let directory: TemporaryDirectory
    private let network: VirtualNetwork
    private let first: Process
    /// The process whose namespaces they are.
    private let inner: String

    /// Makes a host.
    ///
    /// - Parameters:
    ///   - number: which one of the network's it is.
    ///   - network: the network.
    /// - Throws: what the system refuses; namespaces need root.
    init(_ number: Int, in network: VirtualNetwork) throws {
        self.network = network
        address = "10.77.\(number / 250).\(number % 250 + 1)"
        directory = try TemporaryDirectory(in: .memory)
        first = Process()
        first.executableURL = URL(filePath: "/usr/bin/unshare")
        first.arguments =
            ["--net", "--pid", "--mount", "--uts", "--fork", "--kill-child", "--mount-proc", "--"]
            + ["sh", "-c", "hostname host-\(number); exec sleep infinity"]
        try first.run()
        inner = try Self.child(of: first.processIdentifier)
        try network.connect(inner, at: address)
    }

    deinit {
        // Whoever is in the namespace of processes ends with its first one.
        kill(first.processIdentifier, SIGKILL)
        first.waitUntilExit()
    }

    /// Runs a program on the host to its end.
    func run(_ program: String, _ arguments: [String], environment: [String: String] = [:]) throws -> Command {
        try Command("nsenter", entering(program, arguments, environment))
    }

    /// Starts a program on the host.
    func start(_ program: String, _ arguments: [String], environment: [String: String] = [:]) throws -> TargetProcess {
        try TargetProcess(program: "/usr/bin/nsenter", entering(program, arguments, environment))
    }

    /// What `nsenter` is called with to run a program on the host, which ends with `nsenter`.
    func entering(_ program: String, _ arguments: [String], _ environment: [String: String]) -> [String] {
        ["-t", inner, "--net", "--pid", "--mount", "--uts", "--", "setpriv", "--pdeathsig", "KILL", "env"]
            + environment.map { "\($0.key)=\($0.value)" } + [program] + arguments
    }

    /// The process that `unshare` has forked, once it has its own view of `/proc`.
    private static func child(of process: Int32) throws -> String {
        for _ in 0..<500 {
            let children = try? String(contentsOfFile: "/proc/\(process)/task/\(process)/children", encoding: .utf8)
            if let child = children?.split(separator: " ").first,
                let name = try? String(contentsOfFile: "/proc/\(child)/comm", encoding: .utf8), name == "sleep\n"
            {
                return String(child)
            }
            usleep(10_000)
        }
        throw CommandFailure(description: "no namespaces could be made: root is needed")
    }
}

/// Runs a program that must succeed.
@discardableResult
func succeeding(_ program: String, _ arguments: [String]) throws -> Command {
    let command = try Command(program, arguments)
    guard command.status == 0 else {
        throw CommandFailure(description: "\(program) \(arguments.joined(separator: " ")): \(command.errors)")
    }
    return command
}
