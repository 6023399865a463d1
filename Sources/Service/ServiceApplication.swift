// SPDX-License-Identifier: Apache-2.0

internal import Director
internal import Hummingbird
package import Logging
internal import NIOPosix
internal import PatchCatalogue
internal import ServiceLifecycle
internal import ServicePolicy
internal import ServiceStore
package import UnixSignals
internal import UpdateFramework

/// The server, put together.
package struct ServiceApplication: Sendable {
    private let group: ServiceGroup
    /// Seconds that requests have to come to their end when the server is told to stop.
    private static let shutdownSeconds = 20

    /// The user that was made, if this was the first start.
    package let firstUser: FirstUser?
    /// Whether the server can sign what hosts are told, so that they can register.
    package let takesHosts: Bool
    private let store: ServiceStore

    /// Puts a server together, and makes in its folder what is missing.
    ///
    /// - Parameters:
    ///   - configuration: what the operator says.
    ///   - logger: where it is told what happens.
    ///   - signals: those that end it.
    ///   - onListening: told the port once it is listened on.
    /// - Throws: `ServiceError`, `StoreError`.
    package init(
        _ configuration: ServiceConfiguration, logger: Logger, endingOn signals: [UnixSignal] = [],
        onListening: @escaping @Sendable (Int) async -> Void = { _ in }
    ) async throws {
        let pool = NIOThreadPool.singleton
        let tree = RepositoryTree(path: configuration.repository)
        let metadata = MetadataCache(tree)
        let identity = try Self.identity(configuration)
        let store = try await ServiceStore(at: configuration.database ?? .folder(configuration.data))
        let seat = DirectorSeat(configuration, store, logger)
        let watch = RepositoryWatch(tree, metadata, telling: seat, pool: pool, logger: logger)
        await watch.look()
        let secret = SharedSecret(try await store.write { try $0.secret("director.tokens") })
        let passwords = PasswordHash(cost: configuration.passwordCost, pool: pool)
        let firstUser = try await FirstUser.make(in: store, passwords)

        let parts = Parts(
            configuration: configuration, store: store, watch: watch, seat: seat, identity: identity,
            passwords: passwords, formSecret: try await store.write { try $0.secret("service.forms") }, logger: logger)
        let router = try parts.router()
        var services: [any ServiceLifecycle.Service] = [
            watch, Heartbeat(store: store, logger: logger), Housekeeper(seat: seat, logger: logger),
        ]
        if !configuration.signers.isEmpty {
            let online = OnlineRepository(tree, signers: configuration.signers)
            services.append(Resigner(online: online, watch: watch, pool: pool, logger: logger))
        }
        services.append(
            ListeningService(
                configuration: configuration, identity: identity,
                repository: RepositoryResponder(
                    metadata: metadata, targets: TargetStore(tree, pool: pool), tokens: TokenCheck(secret),
                    clock: parts.clock, counts: parts.counts, pool: pool),
                hosts: parts.hosts, router: router.buildResponder(), connections: parts.connections, logger: logger,
                onListening: onListening))
        var group = ServiceGroupConfiguration(
            services: services, gracefulShutdownSignals: signals, logger: logger)
        group.maximumGracefulShutdownDuration = .seconds(Self.shutdownSeconds)
        self.group = ServiceGroup(configuration: group)
        self.firstUser = firstUser
        self.store = store
        takesHosts = seat.director != nil
    }

    private static func identity(_ configuration: ServiceConfiguration) throws(ServiceError) -> ServerIdentity? {
        switch configuration.transport {
        case .plain: nil
        case .certificate(let file, let keyFile): try ServerIdentity(certificateFile: file, keyFile: keyFile)
        case .ownAuthority(let names):
            try OwnAuthority(folder: configuration.data + "/tls")
                .identity(for: OwnAuthority.localNames() + names, at: Moment(seconds: DateClock.seconds))
        }
    }

    /// Runs until a signal, or ``stop()``, ends it; requests that are under way come to their end.
    package func run() async throws {
        do { try await group.run() } catch {
            await store.close()
            throw error
        }
        await store.close()
    }

    /// Ends the server when requests that are under way have their answers.
    package func stop() async { await group.triggerGracefulShutdown() }
}
