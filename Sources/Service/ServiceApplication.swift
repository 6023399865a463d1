// SPDX-License-Identifier: Apache-2.0

internal import Hummingbird
package import Logging
internal import NIOPosix
internal import PatchCatalogue
internal import ServiceLifecycle
internal import ServicePolicy
package import UnixSignals
internal import UpdateFramework

/// The server, put together.
package struct ServiceApplication: Sendable {
    private let services: [any ServiceLifecycle.Service]
    private let logger: Logger
    /// Seconds that requests have to come to their end when the server is told to stop.
    private static let shutdownSeconds = 20

    /// Puts a server together, and makes in its folder what is missing.
    ///
    /// - Parameters:
    ///   - configuration: what the operator says.
    ///   - logger: where it is told what happens.
    ///   - onListening: told the port once it is listened on.
    /// - Throws: `ServiceError`.
    package init(
        _ configuration: ServiceConfiguration, logger: Logger,
        onListening: @escaping @Sendable (Int) async -> Void = { _ in }
    ) async throws {
        let pool = NIOThreadPool.singleton
        let clock = DateClock()
        let counts = RequestCounts()
        let connections = Gauge()
        let tree = RepositoryTree(path: configuration.repository)
        let metadata = MetadataCache(tree)
        let watch = RepositoryWatch(tree, metadata, pool: pool, logger: logger)
        await watch.look()
        let identity = try Self.identity(configuration)
        let tokens = AccessTokens(secret: AccessTokens.newSecret())
        let policy = CoveragePolicy.standard.joined(with: .additional)
        let renderer = try PageRenderer(version: configuration.version)
        let router = Router(context: PageContext.self)
        router.middlewares.add(
            PageMiddleware(
                renderer: renderer, counts: counts,
                isSecure: configuration.transport != .plain || configuration.trustsProxy))
        let installation = Installation(configuration: configuration, authority: identity?.authority)
        installation.addRoutes(to: router)
        PublicController(
            renderer: renderer, watch: watch, policy: policy, timetable: NoTimetable(), installation: installation
        ).addRoutes(to: router)
        var services: [any ServiceLifecycle.Service] = [watch]
        if !configuration.signers.isEmpty {
            let online = OnlineRepository(tree, signers: configuration.signers)
            services.append(Resigner(online: online, watch: watch, pool: pool, logger: logger))
        }
        services.append(
            ListeningService(
                configuration: configuration, identity: identity,
                repository: RepositoryResponder(
                    metadata: metadata, targets: TargetStore(tree, pool: pool), tokens: tokens, clock: clock,
                    counts: counts, pool: pool),
                router: router.buildResponder(), connections: connections, logger: logger, onListening: onListening))
        self.services = services
        self.logger = logger
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

    /// Runs until a signal, or the task's graceful shutdown, ends it; requests that are under way come to their end.
    package func run(until signals: [UnixSignal] = []) async throws {
        var configuration = ServiceGroupConfiguration(
            services: services, gracefulShutdownSignals: signals, logger: logger)
        configuration.maximumGracefulShutdownDuration = .seconds(Self.shutdownSeconds)
        try await ServiceGroup(configuration: configuration).run()
    }
}

struct NoTimetable: Timetable {
    func windows(since moment: Moment) async throws -> [AnnouncedWindow] { [] }
    func designatedDays() async throws -> [DesignatedDay] { [] }
    func outages(since moment: Moment) async throws -> [Range<Moment>] { [] }
}
