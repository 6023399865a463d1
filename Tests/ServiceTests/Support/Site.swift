// SPDX-License-Identifier: Apache-2.0

import Glibc
import Logging
import PatchCatalogue
import Service
import ServiceStore
import TestSupport
import UpdateFramework

/// A repository with keys in a folder of its own, and a server over it.
struct Site {
    let directory: TemporaryDirectory
    let tree: RepositoryTree
    let offline: SigningKey
    let online: SigningKey

    static var now: UpdateTime { UpdateTime(secondsSince1970: Int64(time(nil))) }

    /// Begins a repository.
    init() throws {
        directory = try TemporaryDirectory(in: .memory)
        tree = RepositoryTree(path: directory.path("repository"))
        offline = try SigningKey(generating: .ed25519)
        online = try SigningKey(generating: .ed25519)
        let holder = RootCeremony.Holders([offline.publicKey], threshold: 1)
        let machine = RootCeremony.Holders([online.publicKey], threshold: 1)
        try publish(
            try CeremonyBundle(
                beginning: [.root: holder, .targets: holder, .snapshot: machine, .timestamp: machine],
                revocations: machine, names: [:], at: Self.now))
    }

    /// Signs a change, and publishes it.
    func publish(_ change: CeremonyBundle) throws {
        var change = change
        _ = try change.sign(with: offline)
        _ = try OnlineRepository(tree, signers: [online]).publish(change, at: Self.now)
    }

    /// Publishes patches.
    func add(_ patches: [Patch]) throws {
        var change = try CeremonyBundle(changing: tree)
        for patch in patches {
            _ = try change.add(
                patch: try patch.file(), to: try PatchShelf(product: patch.product, distribution: patch.distribution),
                severity: patch.severity, restart: .none, at: Self.now)
        }
        try publish(change)
    }

    /// What the server is told; with passwords that are cheap to check.
    var configuration: ServiceConfiguration {
        var configuration = ServiceConfiguration(data: directory.path)
        (configuration.host, configuration.port) = ("127.0.0.1", 0)
        configuration.transport = .plain
        configuration.signers = [online]
        configuration.passwordCost = PasswordCost(logarithm: 10)
        return configuration
    }
}

/// A server that runs while a test needs it.
struct Server {
    let application: ServiceApplication
    let port: Int

    /// Runs a server around a test.
    static func with<Value: Sendable>(
        _ configuration: ServiceConfiguration, _ body: @Sendable (Server) async throws -> Value
    ) async throws -> Value {
        var logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        logger.logLevel = .critical
        let (ports, told) = AsyncStream<Int>.makeStream()
        let application = try await ServiceApplication(configuration, logger: logger) { told.yield($0) }
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await application.run() }
            var iterator = ports.makeAsyncIterator()
            guard let port = await iterator.next() else { throw CommandFailure(description: "no port") }
            let result: Result<Value, any Error>
            do { result = .success(try await body(Server(application: application, port: port))) } catch {
                result = .failure(error)
            }
            await application.stop()
            try await group.waitForAll()
            return try result.get()
        }
    }

    /// A connection to it.
    func connect() async throws -> Connection { try await Connection(port: port) }

    /// One request on a connection of its own.
    func request(
        _ method: String, _ path: String, _ fields: [(String, String)] = [], _ body: [UInt8] = []
    ) async throws -> Reply {
        let connection = try await connect()
        let reply = try await connection.request(method, path, fields, body)
        await connection.close()
        return reply
    }
}
