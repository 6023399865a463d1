// SPDX-License-Identifier: Apache-2.0

internal import CivilTime
internal import HTTPTransport
internal import HostProtocol
internal import ServicePolicy

/// How far a host gets on its way to the service, step by step.
package struct Connectivity: Hashable, Sendable {
    /// The steps, in their order.
    package enum Step: String, CaseIterable, Hashable, Sendable {
        /// The name of the server, or of the proxy.
        case name
        /// The connection to it.
        case connection
        /// The proxy's own part; not tried without one.
        case proxy
        /// The server's certificate.
        case tls
        /// The answer of the service, and of its repository.
        case service
        /// The clocks of both.
        case clock
        /// The token that opens patch data; not tried without one.
        case token
    }

    /// What became of a step; nil for one that was not tried.
    package private(set) var results: [Step: Bool] = [:]
    /// What was found, for people.
    package private(set) var details: [Step: String] = [:]

    /// Whether nothing is blocked.
    package var isWhole: Bool { results.values.allSatisfy { $0 } }

    /// Nothing was tried yet.
    init() {}

    mutating func note(_ step: Step, _ works: Bool, _ detail: String = "") {
        results[step] = works
        details[step] = detail
    }

    /// Notes how far a request has come that has failed.
    mutating func note(_ error: TransportError, isSecure: Bool, hasProxy: Bool) {
        let failed: Step
        switch error {
        case .badAddress, .unresolved: failed = .name
        case .unreachable, .timedOut(.connection, _): failed = .connection
        case .proxyRefused, .badProxy, .timedOut(.proxy, _): failed = .proxy
        case .insecure, .badCertificates, .timedOut(.tls, _): failed = .tls
        case .timedOut(.answer, _), .broken, .tooLong, .sentElsewhere: failed = .service
        }
        for step in Step.allCases.prefix(while: { $0 != failed }) {
            if step == .proxy, !hasProxy { continue }
            if step == .tls, !isSecure { continue }
            results[step] = true
        }
        note(failed, false, "\(error)")
    }
}

extension Agent {
    /// Tries the way to a server, with the settings that updates have.
    ///
    /// - Parameter server: the address; nil for the one that the host is registered with.
    /// - Returns: How far it goes.
    /// - Throws: `AgentError.notRegistered` if there is no server to try.
    package func connectivity(to server: String?) async throws(AgentError) -> Connectivity {
        let state = try store.read()
        guard let text = server ?? state.registration?.server else { throw .notRegistered }
        let address = try Self.address(text)
        let hasProxy = settings.proxy != nil && !settings.direct.contain(address.origin.host)
        let token = server == nil ? state.answer?.token : nil
        let certificates = settings.certificates ?? state.registration?.certificates
        return try await withHTTP(certificates: certificates) { (http) async throws(AgentError) in
            var found = Connectivity()
            do throws(TransportError) {
                let file = address.at(Endpoint.metadata + "timestamp.json")
                let response = try await http.send(HTTPRequest("GET", file), limit: 1 << 20)
                for step in [Connectivity.Step.name, .connection] { found.note(step, true) }
                if hasProxy { found.note(.proxy, true) }
                if address.origin.isSecure { found.note(.tls, true) }
                found.note(.service, response.status == 200, "status \(response.status)")
                if let date = response.headers["date"].flatMap(Moment.init(httpDate:)) {
                    let difference = date.seconds(since: clock())
                    found.note(.clock, abs(difference) <= RequestSignature.tolerance, "\(difference) s")
                }
                guard let token, let product = state.keptLease?.products.first else { return found }
                let probe = HTTPRequest(
                    "GET", address.at(Endpoint.targets + product + "/connectivity-check"),
                    headers: [("Authorization", "Bearer " + token)])
                let status = try await http.send(probe, limit: 1 << 20).status
                found.note(.token, status != 401 && status != 403, "status \(status)")
            } catch {
                found.note(error, isSecure: address.origin.isSecure, hasProxy: hasProxy)
            }
            return found
        }
    }
}

extension Moment {
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// A moment as HTTP writes it, `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, 5.6.7); nil for any other text.
    init?(httpDate text: String) {
        let words = text.split(separator: " ")
        guard words.count == 6, words[5] == "GMT", let day = Int(words[1]), let year = Int(words[3]),
            let month = Self.months.firstIndex(of: String(words[2])),
            let date = CalendarDay(year: year, month: month + 1, day: day)
        else { return nil }
        let time = words[4].split(separator: ":").compactMap { Int64($0) }
        guard time.count == 3, (0..<24).contains(time[0]), (0..<60).contains(time[1]), (0...60).contains(time[2]) else {
            return nil
        }
        self.init(seconds: Int64(date.number) * 86_400 + time[0] * 3600 + time[1] * 60 + time[2])
    }
}
