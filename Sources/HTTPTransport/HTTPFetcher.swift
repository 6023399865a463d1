// SPDX-License-Identifier: Apache-2.0

package import UpdateFramework

/// A repository behind HTTP or HTTPS.
package struct HTTPFetcher: Fetcher {
    private let client: HTTPClient
    private let base: HTTPAddress
    private let headers: [(name: String, value: String)]

    /// A repository below an address, whose percent-encoding stays as it is.
    ///
    /// - Parameters:
    ///   - client: what asks.
    ///   - base: the address.
    ///   - token: what opens the files (RFC 6750); nil where they are open to all.
    package init(_ client: HTTPClient, base: HTTPAddress, token: String? = nil) {
        self.client = client
        self.base = base
        headers = token.map { [("Authorization", "Bearer " + $0)] } ?? []
    }

    package func fetch(
        _ path: String, limit: Int, receive: (_ bytes: [UInt8]) throws(UpdateError) -> Void
    ) async throws(UpdateError) {
        let request = HTTPRequest("GET", base.appending(path), headers: headers)
        let exchange = try await reaching(path) { () throws(TransportError) in try await client.open(request) }
        switch exchange.response.status {
        case 200: break
        case 404, 410: throw .notFetched(file: path, .notFound)
        case let status: throw .notFetched(file: path, .refused(status: status))
        }
        if let length = exchange.response.headers["content-length"].flatMap({ Int($0) }), length > limit {
            throw .notFetched(file: path, .tooLong(limit: limit))
        }
        var count = 0
        while let part = try await reaching(path, { () throws(TransportError) in try await exchange.next() }) {
            count += part.count
            guard count <= limit else { throw .notFetched(file: path, .tooLong(limit: limit)) }
            try receive(part)
        }
    }

    private func reaching<Value: Sendable>(
        _ path: String, _ body: () async throws(TransportError) -> Value
    ) async throws(UpdateError) -> Value {
        do throws(TransportError) {
            return try await body()
        } catch {
            if case .timedOut(_, let seconds) = error { throw .notFetched(file: path, .timedOut(seconds: seconds)) }
            throw .notFetched(file: path, .unreachable(reason: "\(error)"))
        }
    }
}
