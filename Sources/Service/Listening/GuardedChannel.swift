// SPDX-License-Identifier: Apache-2.0

internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import NIOSSL
internal import NIOTLS

/// A connection with time limits for what the layers above do not see: TLS that never comes about, and answers that are
/// never read.
struct GuardedChannel<Base: ServerChildChannel>: ServerChildChannel {
    let base: Base
    let limits: ServiceLimits
    let connections: Gauge

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Base.Value> {
        let (limits, connections) = (limits, connections)
        return channel.eventLoop.makeCompletedFuture {
            connections.change(by: 1)
            channel.closeFuture.whenComplete { _ in connections.change(by: -1) }
            let idle = IdleStateHandler(writeTimeout: limits.stall)
            try channel.pipeline.syncOperations.addHandlers([idle, StallGuard()])
        }.flatMap {
            base.setup(channel: channel, logger: logger)
        }.flatMapThrowing { value in
            guard let tls = try? channel.pipeline.syncOperations.handler(type: NIOSSLServerHandler.self) else {
                return value
            }
            try channel.pipeline.syncOperations.addHandler(
                HandshakeDeadline(limits.handshake), position: .after(tls))
            return value
        }
    }

    func handle(value: Base.Value, logger: Logger) async { await base.handle(value: value, logger: logger) }
}

/// Closes a connection whose client has not taken anything for long although there is something to take.
private final class StallGuard: ChannelInboundHandler {
    typealias InboundIn = NIOAny
    typealias InboundOut = NIOAny

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard let idle = event as? IdleStateHandler.IdleStateEvent, idle == .write else {
            return context.fireUserInboundEventTriggered(event)
        }
        if !context.channel.isWritable { context.close(promise: nil) }
    }
}

/// Closes a connection on which TLS is not agreed upon in time.
private final class HandshakeDeadline: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = NIOAny
    typealias InboundOut = NIOAny

    private let limit: TimeAmount
    private var alarm: Scheduled<Void>?

    init(_ limit: TimeAmount) { self.limit = limit }

    func handlerAdded(context: ChannelHandlerContext) {
        let loopBound = NIOLoopBound(context, eventLoop: context.eventLoop)
        alarm = context.eventLoop.scheduleTask(in: limit) { loopBound.value.close(promise: nil) }
    }

    func handlerRemoved(context: ChannelHandlerContext) { alarm?.cancel() }

    func channelInactive(context: ChannelHandlerContext) {
        alarm?.cancel()
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        context.fireUserInboundEventTriggered(event)
        guard let event = event as? TLSUserEvent, case .handshakeCompleted = event else { return }
        alarm?.cancel()
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }
}
