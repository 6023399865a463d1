// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import NIOTLS

/// Asks a proxy for a connection to a server (RFC 9110, 9.3.6), and leaves the pipeline when there is one.
final class ProxyHandshake: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let request: String
    private let isDone: EventLoopPromise<Void>
    private var answer: [UInt8] = []

    /// How long the head of an answer may be.
    private static let limit = 16 << 10

    init(to target: String, authorization: String?, agent: String, isDone: EventLoopPromise<Void>) {
        request =
            "CONNECT \(target) HTTP/1.1\r\nHost: \(target)\r\nUser-Agent: \(agent)\r\n"
            + (authorization.map { "Proxy-Authorization: \($0)\r\n" } ?? "") + "\r\n"
        self.isDone = isDone
    }

    func handlerAdded(context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(context.channel.allocator.buffer(string: request)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        answer += unwrapInboundIn(data).readableBytesView
        guard answer.suffix(4) == Array("\r\n\r\n".utf8)[...] else {
            if answer.count > Self.limit { isDone.fail(TransportError.badProxy) }
            return
        }
        let line = String(decoding: answer.prefix { $0 != 13 }, as: UTF8.self).split(separator: " ")
        guard line.count >= 2, line[0].hasPrefix("HTTP/1."), let status = Int(line[1]) else {
            return isDone.fail(TransportError.badProxy)
        }
        guard (200...299).contains(status) else { return isDone.fail(TransportError.proxyRefused(status: status)) }
        context.pipeline.syncOperations.removeHandler(self, promise: isDone)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        isDone.fail(TransportError.broken(reason: "\(error)"))
    }

    func channelInactive(context: ChannelHandlerContext) { isDone.fail(TransportError.badProxy) }
}

/// Tells when TLS is agreed on, or why not.
final class TLSHandshake: ChannelInboundHandler {
    typealias InboundIn = NIOAny

    private let host: String
    private let isDone: EventLoopPromise<Void>

    init(with host: String, isDone: EventLoopPromise<Void>) {
        self.host = host
        self.isDone = isDone
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? TLSUserEvent, case .handshakeCompleted = event { isDone.succeed() }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        isDone.fail(TransportError.insecure(host: host, reason: "\(error)"))
        context.fireErrorCaught(error)
    }

    func channelInactive(context: ChannelHandlerContext) {
        isDone.fail(TransportError.insecure(host: host, reason: "the server closed the connection"))
        context.fireChannelInactive()
    }
}
