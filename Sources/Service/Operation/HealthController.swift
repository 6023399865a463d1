// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes
internal import Hummingbird
internal import JSON
internal import ServicePolicy
internal import ServiceStore
internal import UpdateFramework

/// How the server is, for those who watch it: `/health` for balancers and alarms, `/metrics` for Prometheus.
struct HealthController: Sendable {
    let watch: RepositoryWatch
    let store: ServiceStore
    let metrics: Metrics
    let version: String
    /// When the server's certificate expires; nil without one.
    let certificateExpires: Int64?

    func addRoutes(to router: Router<PageContext>) {
        router.get("/health", use: health)
        router.get("/metrics") { _, _ in
            let now = Moment(seconds: DateClock.seconds)
            return PublicController.file(
                Array(await metrics.text(watch.state, store, certificateExpires, at: now).utf8),
                type: "text/plain; version=0.0.4; charset=utf-8", "no-store")
        }
    }

    /// 200 while hosts are served, even if something should be renewed; 503 when they would be refused.
    @Sendable private func health(_ request: Request, _ context: PageContext) async throws -> Response {
        let now = Moment(seconds: DateClock.seconds)
        let isStored = (try? await store.read { _ = try $0.setting("service.heartbeat") }) != nil
        var state = Self.Word.good
        var roles: [JSONValue] = []
        for entry in watch.state.expiries(at: now)?.entries ?? [] {
            let word: Word =
                switch entry.state {
                case .good: .good
                case .soon: .soon
                case .expired: .expired
                }
            state = max(state, word)
            roles.append(
                .object([
                    "role": .string(entry.role.text), "expires": .string("\(entry.expires)"),
                    "state": .string(word.text),
                ]))
        }
        var certificate = JSONValue.null
        if let certificateExpires {
            let word: Word =
                certificateExpires <= now.seconds
                ? .expired : certificateExpires < now.adding(days: 30).seconds ? .soon : .good
            state = max(state, word)
            certificate = .object([
                "expires": .string("\(UpdateTime(secondsSince1970: certificateExpires))"), "state": .string(word.text),
            ])
        }
        if !isStored { state = .failed }
        let bytes = JSONValue.object([
            "schemaVersion": .integer(1), "state": .string(state.text), "version": .string(version),
            "database": .string(isStored ? "good" : "failed"), "certificate": certificate, "repository": .array(roles),
        ]).compactText
        var response = PublicController.file(bytes, type: "application/json", "no-store")
        if state >= .expired { response.status = .serviceUnavailable }
        return response
    }

    private enum Word: Int, Comparable {
        case good, soon, expired, failed

        var text: String {
            switch self {
            case .good: "good"
            case .soon: "soon"
            case .expired: "expired"
            case .failed: "failed"
            }
        }

        static func < (one: Self, other: Self) -> Bool { one.rawValue < other.rawValue }
    }
}
