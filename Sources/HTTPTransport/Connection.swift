// SPDX-License-Identifier: Apache-2.0

internal import LinuxSystem
internal import NIOCore
internal import NIOHTTP1
internal import Synchronization

/// A connection to a server, straight or through a proxy, for one request at a time.
final class Connection: Sendable {
    private let channel: any Channel
    private let reader: NIOLoopBound<ResponseReader>
    /// What a proxy that passes requests on gets beside the path; nil where none does.
    private let forwarding: Forwarding?
    private let state = Mutex((isInUse: false, keepsAlive: true))

    /// What a proxy needs that passes requests on.
    struct Forwarding: Sendable {
        /// The server, in front of the path.
        var server: String
        /// The value of `Proxy-Authorization`.
        var authorization: String?
    }

    init(_ channel: any Channel, _ reader: NIOLoopBound<ResponseReader>, forwarding: Forwarding?) {
        self.channel = channel
        self.reader = reader
        self.forwarding = forwarding
    }

    /// Whether a request was sent whose answer has not come to its end.
    var isInUse: Bool { state.withLock { $0.isInUse } }
    /// Whether neither side has closed it.
    var isOpen: Bool { channel.isActive }
    /// Whether another request may be sent.
    var isReusable: Bool { state.withLock { !$0.isInUse && $0.keepsAlive } && isOpen }

    func close() { channel.close(promise: nil) }

    /// Sends a request, and waits for the head of the answer.
    func send(
        _ request: HTTPRequest, agent: String, silence: Duration, until end: MonotonicInstant
    ) async throws(TransportError) -> HTTPResponse {
        state.withLock { $0 = (true, false) }
        var head = HTTPRequestHead(
            version: .http1_1, method: HTTPMethod(rawValue: request.method),
            uri: (forwarding?.server ?? "") + request.address.path)
        head.headers.add(name: "Host", value: request.address.origin.authority)
        head.headers.add(name: "User-Agent", value: agent)
        head.headers.add(name: "Accept-Encoding", value: "identity")
        if let authorization = forwarding?.authorization {
            head.headers.add(name: "Proxy-Authorization", value: authorization)
        }
        for (name, value) in request.headers { head.headers.add(name: name, value: value) }
        if request.method != "GET" { head.headers.add(name: "Content-Length", value: String(request.body.count)) }
        channel.write(HTTPClientRequestPart.head(head), promise: nil)
        if !request.body.isEmpty {
            channel.write(HTTPClientRequestPart.body(.byteBuffer(ByteBuffer(bytes: request.body))), promise: nil)
        }
        // What cannot be written shows in what is read.
        channel.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
        guard case .head(let answer) = try await part(silence: silence, until: end) else {
            throw .broken(reason: "the answer does not begin with its head")
        }
        state.withLock { $0.keepsAlive = answer.isKeepAlive }
        var headers: [String: String] = [:]
        for (name, value) in answer.headers where headers[name.lowercased()] == nil {
            headers[name.lowercased()] = value
        }
        return HTTPResponse(status: Int(answer.status.code), headers: headers)
    }

    /// The next bytes of the answer's body; nil at its end.
    func nextBytes(silence: Duration, until end: MonotonicInstant) async throws(TransportError) -> [UInt8]? {
        while isInUse {
            switch try await part(silence: silence, until: end) {
            case .head: throw .broken(reason: "an answer within an answer")
            case .body(let bytes): if bytes.readableBytes > 0 { return Array(bytes.readableBytesView) }
            case .end: state.withLock { $0.isInUse = false }
            }
        }
        return nil
    }

    private func part(silence: Duration, until end: MonotonicInstant) async throws(TransportError)
        -> HTTPClientResponsePart
    {
        let rest = end.elapsed(since: .now)
        let limit = min(silence, max(.zero, rest))
        let loop = channel.eventLoop
        do {
            return try await loop.flatSubmit { [reader] in
                reader.value.next(on: loop, within: TimeAmount(limit))
            }.get()
        } catch {
            close()
            throw TransportError(error)
        }
    }
}

extension TransportError {
    /// What went wrong after a connection was there.
    init(_ error: any Error) { self = error as? TransportError ?? .broken(reason: "\(error)") }
}
