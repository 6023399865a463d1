// SPDX-License-Identifier: Apache-2.0

internal import LinuxSystem
internal import NIOCore
internal import NIOPosix
internal import NIOSSL
internal import Synchronization

/// A client of HTTP/1.1, with one thread of its own: small, for a program that is one static file.
///
/// A connection is kept for the next request to the same server, and closed when it has been idle for some seconds.
package final class HTTPClient: Sendable {
    private let settings: HTTPSettings
    private let group: MultiThreadedEventLoopGroup
    private let tls: Mutex<NIOSSLContext?> = Mutex(nil)
    private let idle: Mutex<[HTTPAddress.Origin: (connection: Connection, since: MonotonicInstant)]> = Mutex([:])

    /// How long a connection is kept: servers close theirs after more.
    private static let patienceWhenIdle: Duration = .seconds(4)
    private static let redirects = 5

    /// A client; nothing is connected yet.
    package init(_ settings: HTTPSettings) {
        self.settings = settings
        group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    }

    /// Ends all connections and the client's thread.
    package func close() async {
        let connections = idle.withLock { idle in
            defer { idle = [:] }
            return idle.values.map(\.connection)
        }
        for connection in connections { connection.close() }
        try? await group.shutdownGracefully()
    }

    /// Sends a request and takes the whole answer.
    ///
    /// - Parameters:
    ///   - request: What is asked.
    ///   - limit: How long the body may be.
    /// - Returns: The answer, whatever its status is.
    /// - Throws: `TransportError`.
    package func send(_ request: HTTPRequest, limit: Int) async throws(TransportError) -> HTTPResponse {
        let exchange = try await open(request)
        var response = exchange.response
        while let bytes = try await exchange.next() {
            guard bytes.count <= limit - response.body.count else { throw .tooLong(limit: limit) }
            response.body += bytes
        }
        return response
    }

    /// Sends a request, and takes the head of the answer; its body is taken piece by piece.
    ///
    /// A GET follows where the same server sends it.
    ///
    /// - Throws: `TransportError`.
    package func open(_ request: HTTPRequest) async throws(TransportError) -> HTTPExchange {
        let end = MonotonicInstant.now.advanced(by: settings.total)
        var request = request
        for _ in 0...Self.redirects {
            let exchange = try await exchange(request, until: end)
            guard request.method == "GET", [301, 302, 303, 307, 308].contains(exchange.response.status) else {
                return exchange
            }
            let location = exchange.response.headers["location"] ?? ""
            guard let next = request.address.redirected(to: location), next.origin == request.address.origin else {
                throw .sentElsewhere(location: location)
            }
            request.address = next
        }
        throw .sentElsewhere(location: "\(request.address)")
    }

    private func exchange(_ request: HTTPRequest, until end: MonotonicInstant) async throws(TransportError)
        -> HTTPExchange
    {
        let origin = request.address.origin
        // What was sent twice may have been done twice: only a GET is tried on a connection that may be closed already.
        if request.method == "GET", let kept = takeIdle(origin) {
            do throws(TransportError) {
                return try await exchange(request, on: kept, until: end)
            } catch {
                guard case .broken = error else { throw error }
            }
        }
        let connection = try await Connection.open(to: origin, with: settings, in: group, tls: try context(for: origin))
        return try await exchange(request, on: connection, until: end)
    }

    private func exchange(
        _ request: HTTPRequest, on connection: Connection, until end: MonotonicInstant
    ) async throws(TransportError) -> HTTPExchange {
        let response = try await connection.send(request, agent: settings.agent, silence: settings.silence, until: end)
        return HTTPExchange(response, on: connection, silence: settings.silence, until: end) { [weak self] in
            self?.keep($0, for: request.address.origin)
        }
    }

    private func takeIdle(_ origin: HTTPAddress.Origin) -> Connection? {
        guard let (connection, since) = idle.withLock({ $0.removeValue(forKey: origin) }) else { return nil }
        if connection.isOpen, MonotonicInstant.now.elapsed(since: since) < Self.patienceWhenIdle { return connection }
        connection.close()
        return nil
    }

    private func keep(_ connection: Connection, for origin: HTTPAddress.Origin) {
        let old = idle.withLock { $0.updateValue((connection, .now), forKey: origin) }
        old?.connection.close()
    }

    private func context(for origin: HTTPAddress.Origin) throws(TransportError) -> NIOSSLContext? {
        guard origin.isSecure else { return nil }
        return try tls.withLock { context throws(TransportError) in
            if let context { return context }
            var configuration = TLSConfiguration.makeClientConfiguration()
            configuration.minimumTLSVersion = .tlsv12
            do {
                if let path = settings.certificates {
                    configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(path))
                }
                let made = try NIOSSLContext(configuration: configuration)
                context = made
                return made
            } catch {
                throw .badCertificates(path: settings.certificates ?? "the system's store", reason: "\(error)")
            }
        }
    }
}
