// SPDX-License-Identifier: Apache-2.0

import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import UpdateFramework

/// A repository behind HTTP or HTTPS.
struct HTTPFetcher: Fetcher {
    /// How long a file may take, so that a server that sends a byte now and then does not keep an update back for ever.
    static let patience: Duration = .seconds(120)

    private let client: HTTPClient
    private let base: String

    /// A repository below a URL, whose percent-encoding stays as it is.
    init(_ client: HTTPClient, base: String) {
        self.client = client
        self.base = base.hasSuffix("/") ? base : base + "/"
    }

    /// The settings of the client: how long a server may be silent.
    static var configuration: HTTPClient.Configuration {
        HTTPClient.Configuration(
            redirectConfiguration: .follow(max: 5, allowCycles: false),
            timeout: .init(connect: .seconds(10), read: .seconds(10)))
    }

    func fetch(
        _ path: String, limit: Int, receive: (_ bytes: [UInt8]) throws(UpdateError) -> Void
    ) async throws(UpdateError) {
        let deadline = ContinuousClock.now + Self.patience
        let response = try await reaching(path) { try await client.execute(request(path), timeout: .seconds(30)) }
        switch response.status.code {
        case 200: break
        case 404, 410: throw .notFetched(file: path, .notFound)
        case let status: throw .notFetched(file: path, .refused(status: Int(status)))
        }
        if let length = response.headers.first(name: "content-length").flatMap({ Int($0) }), length > limit {
            throw .notFetched(file: path, .tooLong(limit: limit))
        }
        var body = response.body.makeAsyncIterator()
        var count = 0
        while let part = try await reaching(path, { try await body.next() }) {
            count += part.readableBytes
            guard count <= limit else { throw .notFetched(file: path, .tooLong(limit: limit)) }
            guard ContinuousClock.now < deadline else {
                throw .notFetched(file: path, .timedOut(seconds: Self.patience.components.seconds))
            }
            try receive(Array(part.readableBytesView))
        }
    }

    private func request(_ path: String) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: base + path)
        request.headers.add(name: "User-Agent", value: "kaketsugi-tuf-client")
        return request
    }

    private func reaching<Value>(_ path: String, _ body: () async throws -> Value) async throws(UpdateError) -> Value {
        do {
            return try await body()
        } catch {
            throw .notFetched(file: path, .unreachable(reason: "\(error)"))
        }
    }
}
