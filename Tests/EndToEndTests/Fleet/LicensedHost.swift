// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSON
import TestSupport

/// A host with the tool, and a program that uses the library that is patched.
final class LicensedHost: Sendable {
    let host: VirtualHost
    private let tool: String

    /// Makes a host with Debian 12, as far as the tool can see.
    ///
    /// - Parameters:
    ///   - number: which one of the network's it is.
    ///   - network: the network.
    ///   - mirrors: copies of the repository that are asked first.
    /// - Throws: what the system refuses.
    init(_ number: Int, in network: VirtualNetwork, mirrors: [String] = []) throws {
        host = try VirtualHost(number, in: network)
        tool = try builtProgram("kaketsugi")
        try host.directory.write("ID=debian\nNAME=\"Debian GNU/Linux\"\nVERSION_ID=\"12\"\n", to: "etc/os-release")
        try host.directory.write(UUID().uuidString.replacing("-", with: "").lowercased() + "\n", to: "etc/machine-id")
        let addresses = mirrors.map { "\"\($0)\"" }.joined(separator: ", ")
        try host.directory.write(
            """
            [service]
            mirrors = [\(addresses)]
            [updates]
            wait = 1
            [processes]
            targets = ["libtarget.so"]

            """, to: "etc/kaketsugi/kaketsugi.toml")
    }

    /// Runs a command of the tool's on the host.
    func run(_ arguments: String...) throws -> Command { try run(arguments) }

    func run(_ arguments: [String]) throws -> Command {
        try host.run(tool, arguments, environment: ["KAKETSUGI_SYSROOT": host.directory.path, "LC_ALL": "C.UTF-8"])
    }

    /// Registers the host with a service.
    func register(_ key: String, with site: ServiceSite) throws {
        let registered = try run(
            "register", key, "--server", site.address, "--ca", site.host.directory.path("data/tls/ca.pem"),
            "--hardware", "virtual", "--origin", "installer")
        guard registered.status == 0 else {
            throw CommandFailure(description: "register: \(registered.errors)\(registered.output)")
        }
    }

    /// Starts a program that uses the library.
    func start(_ program: String) throws -> TargetProcess { try host.start(program, []) }
}

/// Runs something for each of some hosts, a few at a time.
func forEach(_ hosts: [LicensedHost], _ body: @escaping @Sendable (LicensedHost) throws -> Void) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
        var waiting = hosts[...]
        for host in waiting.prefix(4) { group.addTask { try body(host) } }
        waiting = waiting.dropFirst(4)
        while try await group.next() != nil {
            if let host = waiting.popFirst() { group.addTask { try body(host) } }
        }
    }
}
