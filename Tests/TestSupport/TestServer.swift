// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import NIOPosix
internal import NIOSSL

/// A server of HTTP/1.1 that answers as a test wants, wrong answers included.
package final class TestServer: Sendable {
    /// What a client has asked.
    package struct Request: Sendable {
        /// The method.
        package var method: String
        /// The second word of the first line, as it came.
        package var target: String
        /// The headers, by their names in small letters.
        package var headers: [String: String]
        /// The body.
        package var body: [UInt8]
    }

    /// What is answered.
    package struct Reply: Sendable {
        /// What comes behind the bytes.
        package enum Ending: Sendable {
            /// The next request of the connection.
            case keep
            /// The end of the connection.
            case close
            /// Silence.
            case silence
            /// The same bytes again and again.
            case endless([UInt8])
            /// One byte now and then.
            case drip(milliseconds: Int64)
            /// Bytes to another server and from it, as a proxy does.
            case tunnel(host: String, port: Int)
        }

        /// All bytes, the head too.
        package var bytes: [UInt8]
        /// What comes behind them.
        package var ending: Ending

        /// Bytes as they are sent.
        package init(raw bytes: [UInt8], _ ending: Ending = .close) {
            self.bytes = bytes
            self.ending = ending
        }

        /// An answer.
        package init(
            _ status: Int, _ body: [UInt8] = [], headers: [(String, String)] = [], _ ending: Ending = .keep
        ) {
            let lines = headers.map { "\($0): \($1)\r\n" }.joined()
            let length = status == 204 ? "" : "Content-Length: \(body.count)\r\n"
            self.init(raw: Array("HTTP/1.1 \(status) X\r\n\(lines)\(length)\r\n".utf8) + body, ending)
        }
    }

    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let channel: any Channel
    private let isSecure: Bool

    /// Begins to answer at a free port of this machine.
    ///
    /// - Parameters:
    ///   - certificate: files of a certificate and its key; without them, there is no TLS.
    ///   - answer: what is answered to a request.
    /// - Throws: what keeps it from listening.
    package init(
        certificate: (path: String, key: String)? = nil, _ answer: @escaping @Sendable (Request) -> Reply
    ) async throws {
        isSecure = certificate != nil
        var tls: NIOSSLContext?
        if let certificate {
            tls = try NIOSSLContext(
                configuration: .makeServerConfiguration(
                    certificateChain: try NIOSSLCertificate.fromPEMFile(certificate.path).map { .certificate($0) },
                    privateKey: .privateKey(try NIOSSLPrivateKey(file: certificate.key, format: .pem))))
        }
        let context = tls
        channel = try await ServerBootstrap(group: group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let context {
                        try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
                    }
                    try channel.pipeline.syncOperations.addHandler(Responder(answer))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
    }

    /// The port.
    package var port: Int { channel.localAddress?.port ?? 0 }
    /// The address.
    package var address: String { "\(isSecure ? "https" : "http")://127.0.0.1:\(port)" }

    /// Answers no more.
    package func stop() async { try? await group.shutdownGracefully() }
}

/// Reads requests, and sends what they are answered.
private final class Responder: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let answer: @Sendable (TestServer.Request) -> TestServer.Reply
    private var received: [UInt8] = []
    private var peer: (any Channel)?
    private var isTunnel = false

    init(_ answer: @escaping @Sendable (TestServer.Request) -> TestServer.Reply) { self.answer = answer }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        if let peer {
            peer.writeAndFlush(bytes, promise: nil)
            return
        }
        received += bytes.readableBytesView
        while !isTunnel, let request = next() { send(answer(request), context) }
    }

    func channelInactive(context: ChannelHandlerContext) { peer?.close(promise: nil) }
    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func next() -> TestServer.Request? {
        guard let end = received.firstIndexOfEndOfHead else { return nil }
        let lines = String(decoding: received[..<end], as: UTF8.self).split(separator: "\r\n").map(String.init)
        let words = lines.first?.split(separator: " ").map(String.init) ?? []
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            headers[line[..<colon].lowercased()] = line[line.index(after: colon)...].drop { $0 == " " }.description
        }
        let length = headers["content-length"].flatMap { Int($0) } ?? 0
        guard received.count >= end + 4 + length, words.count == 3 else { return nil }
        let body = Array(received[(end + 4)..<(end + 4 + length)])
        received.removeFirst(end + 4 + length)
        return TestServer.Request(method: words[0], target: words[1], headers: headers, body: body)
    }

    private func send(_ reply: TestServer.Reply, _ context: ChannelHandlerContext) {
        let channel = context.channel
        let ending = reply.ending
        if case .tunnel(let host, let port) = ending {
            isTunnel = true
            connect(to: host, port, context, saying: reply.bytes)
            return
        }
        var bytes = reply.bytes
        var rest: [UInt8] = []
        if case .drip = ending {
            // The head at once, the body byte by byte.
            let head = bytes.firstIndexOfEndOfHead.map { $0 + 4 } ?? 0
            rest = Array(bytes[head...])
            bytes = Array(bytes[..<head])
        }
        channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil)
        switch ending {
        case .keep, .silence, .tunnel: break
        case .close: channel.close(mode: .all, promise: nil)
        case .endless(let piece): Self.repeatForEver(piece, channel)
        case .drip(let milliseconds):
            for (index, byte) in rest.enumerated() {
                channel.eventLoop.scheduleTask(in: .milliseconds(milliseconds * Int64(index + 1))) {
                    channel.writeAndFlush(ByteBuffer(bytes: [byte]), promise: nil)
                }
            }
        }
    }

    private static func repeatForEver(_ piece: [UInt8], _ channel: any Channel) {
        guard channel.isActive else { return }
        channel.writeAndFlush(ByteBuffer(bytes: piece)).whenSuccess { Self.repeatForEver(piece, channel) }
    }

    private func connect(to host: String, _ port: Int, _ context: ChannelHandlerContext, saying bytes: [UInt8]) {
        let near = context.channel
        ClientBootstrap(group: near.eventLoop)
            .channelInitializer { far in
                far.eventLoop.makeCompletedFuture { try far.pipeline.syncOperations.addHandler(Relay(to: near)) }
            }
            .connect(host: host, port: port).assumeIsolated().whenSuccess { far in
                self.peer = far
                near.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil)
            }
    }
}

/// Passes what one connection says on to another.
private final class Relay: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let other: any Channel
    init(to other: any Channel) { self.other = other }
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        other.writeAndFlush(unwrapInboundIn(data), promise: nil)
    }
    func channelInactive(context: ChannelHandlerContext) { other.close(promise: nil) }
}

extension [UInt8] {
    /// Where the empty line begins that ends a head.
    fileprivate var firstIndexOfEndOfHead: Int? {
        guard count >= 4 else { return nil }
        return (0...(count - 4)).first { self[$0..<($0 + 4)].elementsEqual([13, 10, 13, 10]) }
    }
}
