// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import NIOHTTP1

/// Hands out the parts of an answer one at a time, and reads from the network only while one is waited for: a server that
/// sends faster than its bytes are taken is held back, and fills no memory.
final class ResponseReader: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart

    private var parts: CircularBuffer<HTTPClientResponsePart> = []
    private var waiting: EventLoopPromise<HTTPClientResponsePart>?
    private var timer: Scheduled<Void>?
    private var failure: (any Error)?
    private var context: ChannelHandlerContext?

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) {
        fail(TransportError.broken(reason: "it was closed"))
        self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        guard let waiting else { return parts.append(part) }
        self.waiting = nil
        timer?.cancel()
        waiting.succeed(part)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if waiting != nil { context.read() }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail(error)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        fail(TransportError.broken(reason: "the server closed it"))
    }

    /// The next part, within a time.
    func next(on loop: any EventLoop, within limit: TimeAmount) -> EventLoopFuture<HTTPClientResponsePart> {
        if let part = parts.popFirst() { return loop.makeSucceededFuture(part) }
        guard failure == nil, let context else {
            return loop.makeFailedFuture(failure ?? TransportError.broken(reason: "it was closed"))
        }
        let promise = loop.makePromise(of: HTTPClientResponsePart.self)
        waiting = promise
        timer = loop.assumeIsolated().scheduleTask(in: limit) { [self] in
            fail(TransportError.timedOut(.answer, seconds: limit.nanoseconds / 1_000_000_000))
            context.close(promise: nil)
        }
        context.read()
        return promise.futureResult
    }

    private func fail(_ error: any Error) {
        if failure == nil { failure = error }
        timer?.cancel()
        guard let waiting else { return }
        self.waiting = nil
        waiting.fail(error)
    }
}
