// SPDX-License-Identifier: Apache-2.0

internal import Crypto
internal import HTTPTransport
package import HostProtocol
internal import LinuxSystem
internal import ServicePolicy
internal import UpdateFramework

extension Agent {
    /// What becomes of a registration.
    package struct Welcome: Sendable {
        /// The host's name with the service.
        package var host: HostID
        /// What the service covers.
        package var eligibility: EligibilityAnswer
        /// Whether there is a lease.
        package var hasLease: Bool
        /// The SHA-256 of the root metadata that was believed because the server showed it; nil where it was given.
        package var trustedAtFirstUse: String?
    }

    /// Registers this host.
    ///
    /// The key is kept before it is sent: if the answer is lost, the next attempt is the same host again.
    ///
    /// - Parameters:
    ///   - activationKey: what allows it.
    ///   - registration: the server and what is declared.
    ///   - root: the file of the root metadata to trust; nil for the package's, or the server's own at first use.
    /// - Returns: What the service says of the host.
    /// - Throws: `AgentError`.
    package func register(
        _ activationKey: String, _ registration: HostRegistration, root: String?
    ) async throws(AgentError) -> Welcome {
        let address = try Self.address(registration.server)
        if let old = try store.read().registration { throw .registered(server: old.server) }
        try onSystem { () throws(SystemError) in try places.prepare() }
        let certificates = settings.certificates ?? registration.certificates
        return try await withHTTP(certificates: certificates) { (http) async throws(AgentError) in
            let fingerprint = try await trustRoot(root, http, address)
            let key: HostKey
            if let old = try store.key() {
                key = old
            } else {
                key = HostKey()
                try store.keep(key)
            }
            tell(.step(.checkIn))
            let service = ServiceClient(http, server: address)
            let answer = try await service.register(
                .activationKey(activationKey), key: key, facts: facts(registration), at: clock())
            try store.change { (state) throws(AgentError) in
                state.registration = registration
                state.counter = 0
                state.lease = nil
                state.instructions = nil
                keep(answer, in: &state)
            }
            // The lease counts when the repository has said whose signature it needs; without it, the next update asks.
            var hasLease = false
            do throws(AgentError) {
                var session = try await openRepository(http, address, token: answer.token)
                let keys = try await session.serviceKeys()
                try believe(answer, by: keys, for: key.host)
                hasLease = answer.lease != nil
            } catch {
                tell(.warning(error.text))
            }
            return Welcome(
                host: key.host, eligibility: answer.eligibility, hasLease: hasLease, trustedAtFirstUse: fingerprint)
        }
    }

    /// Takes this host off the service; its patches stay, and what it has accepted is applied at boot as before.
    ///
    /// - Returns: Whether it was registered.
    /// - Throws: `AgentError`; the host is registered still then.
    package func unregister() async throws(AgentError) -> Bool {
        let registration = try store.read().registration
        if let registration, let key = try store.key() {
            let address = try Self.address(registration.server)
            let certificates = settings.certificates ?? registration.certificates
            try await withHTTP(certificates: certificates) { (http) async throws(AgentError) in
                try await ServiceClient(http, server: address).unregister(key: key, at: clock())
            }
        }
        try store.change { (state) throws(AgentError) in
            state.registration = nil
            state.counter = 0
            state.lease = nil
            state.instructions = nil
            state.answer = nil
            state.events = []
            state.revocations = 0
        }
        try onSystem { () throws(SystemError) in
            try removeFile(places.key)
            try removeFile(places.metadata + "/root.json")
        }
        return registration != nil
    }

    /// Sees to a root of the repository that is trusted.
    ///
    /// - Returns: The fingerprint of one that is trusted because the server shows it.
    private func trustRoot(
        _ given: String?, _ http: HTTPClient, _ server: HTTPAddress
    ) async throws(AgentError) -> String? {
        if try trustGivenRoot(given) { return nil }
        guard server.origin.isSecure else { throw .noTrustedRoot }
        let request = HTTPRequest("GET", server.at(Endpoint.metadata + "1.root.json"))
        let response: HTTPResponse
        do throws(TransportError) {
            response = try await http.send(request, limit: ClientLimits().root)
        } catch {
            throw .transport(error)
        }
        guard response.status == 200 else { throw .noTrustedRoot }
        try trust(response.body)
        return Hexadecimal.text(of: SHA256.hash(data: response.body))
    }

    /// Trusts the root that was given, or came with the package; false if there is neither, and none of before.
    func trustGivenRoot(_ given: String?) throws(AgentError) -> Bool {
        let limit = ClientLimits().root
        if let given {
            try trust(try onSystem { () throws(SystemError) in try contents(ofFile: given, limit: limit) })
            return true
        }
        if (try? contents(ofFile: places.metadata + "/root.json", limit: limit)) != nil { return true }
        guard let packaged = try? contents(ofFile: places.packagedRoot, limit: limit) else { return false }
        try trust(packaged)
        return true
    }

    private func trust(_ root: [UInt8]) throws(AgentError) {
        do throws(UpdateError) {
            _ = try TrustedMetadataSet(trustedRoot: root, at: UpdateTime(secondsSince1970: clock().seconds))
        } catch {
            throw .update(error)
        }
        try onSystem { () throws(SystemError) in
            try places.prepare()
            try MetadataDirectory(path: places.metadata).initialize(trustedRoot: root)
        }
    }

    /// Looks into the repository of the service.
    func openRepository(
        _ http: HTTPClient, _ server: HTTPAddress, token: String?
    ) async throws(AgentError) -> RepositorySession {
        tell(.step(.repository))
        let now = now(try store.read())
        let session = try await RepositorySession(
            places, metadata: HTTPFetcher(http, base: server.at(Endpoint.metadata)),
            targets: settings.mirrors.map { HTTPFetcher(http, base: $0.at("/targets/")) }
                // Only the service gets the token, and it is asked last.
                + [HTTPFetcher(http, base: server.at(Endpoint.targets), token: token)],
            at: UpdateTime(secondsSince1970: now.seconds))
        try store.change { (state) throws(AgentError) in noteFreshness(in: &state) }
        return session
    }

    /// The repository was fresh by the system's clock: what is before this moment is over.
    func noteFreshness(in state: inout HostState) {
        state.clockFloor = max(state.clockFloor ?? TrustedClock.release, clock())
    }
}
