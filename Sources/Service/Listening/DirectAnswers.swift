// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import NIOHTTP1

/// Answers what has its answer ready at once, from the event loop and in one write.
///
/// A request for metadata costs more in the hops between event loop and tasks, and in making and writing header fields, than
/// in all else. So such requests go no further than this handler, between the decoder and all other layers. Whatever is not
/// simple goes on: other methods, bodies, clients that do not read, requests behind one that is still worked on.
final class DirectAnswers: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private let repository: RepositoryResponder
    /// Where bytes go that need no encoder; nil outside of a pipeline.
    private var wire: ChannelHandlerContext?
    private var answer: ByteBuffer?
    /// How many requests have gone on and have no answer yet.
    private var pending = 0
    private var hasWritten = false
    private var lastPassed = NIODeadline.now()

    /// The layers above close a connection on which they see no request for long; so they see one now and then.
    private static let blindness = TimeAmount.seconds(10)

    init(_ repository: RepositoryResponder) { self.repository = repository }

    func handlerAdded(context: ChannelHandlerContext) {
        wire = try? context.pipeline.syncOperations.context(handlerType: HTTPResponseEncoder.self)
    }

    func handlerRemoved(context: ChannelHandlerContext) { wire = nil }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            answer = pending == 0 && context.channel.isWritable ? ready(for: head) : nil
            if answer == nil {
                pending += 1
                lastPassed = .now()
                context.fireChannelRead(data)
            }
        case .body:
            if answer == nil { context.fireChannelRead(data) }
        case .end:
            guard let bytes = answer else { return context.fireChannelRead(data) }
            answer = nil
            hasWritten = true
            wire?.write(NIOAny(bytes), promise: nil)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if hasWritten {
            hasWritten = false
            context.flush()
        }
        context.fireChannelReadComplete()
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data) { pending -= 1 }
        context.write(data, promise: promise)
    }

    private func ready(for head: HTTPRequestHead) -> ByteBuffer? {
        guard wire != nil, head.method == .GET, head.version == .http1_1, head.isKeepAlive,
            head.uri.utf8.starts(with: "/repository/".utf8), !head.headers.contains(name: "Content-Length"),
            !head.headers.contains(name: "Transfer-Encoding"), NIODeadline.now() - lastPassed < Self.blindness
        else { return nil }
        return repository.directAnswer(
            to: head.uri, authorization: head.headers.first(name: "Authorization"),
            knownTags: head.headers.first(name: "If-None-Match"))
    }
}

/// Puts ``DirectAnswers`` where it belongs as soon as it is known that a connection speaks HTTP/1.1.
final class DirectAnswersInstaller: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = NIOAny
    typealias InboundOut = NIOAny

    private let repository: RepositoryResponder

    init(_ repository: RepositoryResponder) { self.repository = repository }

    func handlerAdded(context: ChannelHandlerContext) {
        let pipeline = context.pipeline.syncOperations
        // A stream of HTTP/2 has no decoder of its own.
        guard let decoder = try? pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self) else { return }
        try? pipeline.addHandler(DirectAnswers(repository), position: .after(decoder))
    }
}
