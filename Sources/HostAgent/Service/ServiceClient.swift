// SPDX-License-Identifier: Apache-2.0

package import HTTPTransport
package import HostProtocol
package import ServicePolicy

/// Speaks with the service for a host.
package struct ServiceClient: Sendable {
    private let http: HTTPClient
    private let server: HTTPAddress

    /// A client of the service at an address.
    package init(_ http: HTTPClient, server: HTTPAddress) {
        self.http = http
        self.server = server
    }

    /// Registers a host.
    ///
    /// - Throws: `AgentError`.
    package func register(
        _ credential: Registration.Credential, key: HostKey, facts: HostFacts, at now: Moment
    ) async throws(AgentError) -> ServiceAnswer {
        let registration = Registration(credential, key: key.publicKey, facts: facts)
        return try answer(in: try await post(registration.encoded, to: Endpoint.register, with: key, at: now))
    }

    /// Checks in.
    ///
    /// - Throws: `AgentError`.
    package func send(_ checkIn: CheckIn, key: HostKey, at now: Moment) async throws(AgentError) -> ServiceAnswer {
        try answer(in: try await post(checkIn.encoded, to: Endpoint.checkIn, with: key, at: now))
    }

    /// Takes a host off the service; one that is off already is no failure.
    ///
    /// - Throws: `AgentError`.
    package func unregister(key: HostKey, at now: Moment) async throws(AgentError) {
        do throws(AgentError) {
            _ = try await post([], to: Endpoint.unregister, with: key, at: now)
        } catch {
            guard case .refused(let refusal) = error, [.unknownHost, .retired].contains(refusal.code) else {
                throw error
            }
        }
    }

    private func post(
        _ body: [UInt8], to endpoint: String, with key: HostKey, at now: Moment
    ) async throws(AgentError) -> HTTPResponse {
        let address = server.at(endpoint)
        guard let signature = RequestSignature(method: "POST", path: address.path, body: body, at: now, with: key)
        else { throw .badAnswer(.badKey) }
        var headers = signature.headers
        if !body.isEmpty { headers.append(("Content-Type", "application/json")) }
        let request = HTTPRequest("POST", address, headers: headers, body: body)
        let response: HTTPResponse
        do throws(TransportError) {
            response = try await http.send(request, limit: Endpoint.messageLimit)
        } catch {
            throw .transport(error)
        }
        guard (200...299).contains(response.status) else {
            guard var refusal = try? ServiceRefusal(parsing: response.body) else { throw .badStatus(response.status) }
            refusal.retryAfter = refusal.retryAfter ?? response.retryAfter
            throw .refused(refusal)
        }
        return response
    }

    private func answer(in response: HTTPResponse) throws(AgentError) -> ServiceAnswer {
        do throws(ProtocolError) { return try ServiceAnswer(parsing: response.body) } catch { throw .badAnswer(error) }
    }
}
