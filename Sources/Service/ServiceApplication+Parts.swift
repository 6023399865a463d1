// SPDX-License-Identifier: Apache-2.0

internal import Crypto
internal import Hummingbird
internal import Logging
internal import NIOPosix
internal import ServicePolicy
internal import ServiceStore

extension ServiceApplication {
    /// What answers requests, put together: nothing here does anything itself.
    struct Parts: Sendable {
        let configuration: ServiceConfiguration
        let store: ServiceStore
        let watch: RepositoryWatch
        let seat: DirectorSeat
        let identity: ServerIdentity?
        let passwords: PasswordHash
        let formSecret: String
        let logger: Logger
        let clock = DateClock()
        let counts = RequestCounts()
        let refusals = LabelledCounter()
        let connections = Gauge()

        private var isSecure: Bool { configuration.transport != .plain || configuration.trustsProxy }
        private var addresses: ClientAddress { ClientAddress(trustsProxy: configuration.trustsProxy) }

        /// What hosts send.
        var hosts: HostResponder {
            HostResponder(
                seat: seat, addresses: addresses, guesses: RateLimiter(burst: 20, perMinute: 5), clock: clock,
                counts: counts, refusals: refusals)
        }

        /// All pages.
        func router() throws(ServiceError) -> Router<PageContext> {
            let renderer = try PageRenderer(version: configuration.version)
            let sessions = Sessions(
                store: store, isSecure: isSecure, secret: SymmetricKey(data: Array(formSecret.utf8)))
            let forms = Forms(store: store, limits: configuration.limits)
            let desk = Desk(renderer: renderer, forms: forms, watch: watch)
            let installation = Installation(configuration: configuration, authority: identity?.authority)
            let router = Router(context: PageContext.self, options: .autoGenerateHeadEndpoints)
            router.middlewares.add(PageMiddleware(renderer: renderer, counts: counts, isSecure: isSecure))
            HealthController(
                watch: watch, store: store,
                metrics: Metrics(
                    counts: counts, connections: connections, refusals: refusals, started: DateClock.seconds),
                version: configuration.version, certificateExpires: identity?.expires
            ).addRoutes(to: router)
            installation.addRoutes(to: router)
            router.middlewares.add(SessionMiddleware(sessions: sessions))
            PublicController(
                renderer: renderer, watch: watch, policy: configuration.coverage,
                timetable: Timetable(store: store), installation: installation
            ).addRoutes(to: router)
            SignInController(
                renderer: renderer, sessions: sessions, forms: forms, passwords: passwords, addresses: addresses,
                tries: RateLimiter(burst: 10, perMinute: 5), triesOfUser: RateLimiter(burst: 10, perMinute: 5)
            ).addRoutes(to: router)
            FleetController(desk: desk, seat: seat, installation: installation).addRoutes(to: router)
            RolloutController(desk: desk, seat: seat).addRoutes(to: router)
            ContractController(desk: desk).addRoutes(to: router)
            MaintenanceController(desk: desk).addRoutes(to: router)
            UserController(desk: desk, passwords: passwords).addRoutes(to: router)
            AuditController(desk: desk).addRoutes(to: router)
            return router
        }
    }
}
