// SPDX-License-Identifier: Apache-2.0

import HostProtocol
import NIOCore
import NIOHTTP1

/// One connection of the simulator's.
struct Visit: Sendable {
    let fleet: Fleet
    let authority: String
}

/// Sends the requests of one host after the other, each when the one before is answered.
final class VisitHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private let visit: Visit
    private var current: (place: Int, begin: ContinuousClock.Instant)?
    private var status = 0
    private var body: [UInt8] = []

    init(_ visit: Visit) { self.visit = visit }

    func channelActive(context: ChannelHandlerContext) { sendNext(context) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): (status, body) = (Int(head.status.code), [])
        case .body(let buffer): body += buffer.readableBytesView
        case .end:
            finish()
            sendNext(context)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        (status, body) = (0, Array("\(error)".utf8))
        context.close(promise: nil)
    }

    /// A request that has no answer yet has failed.
    func channelInactive(context: ChannelHandlerContext) { finish() }

    private func finish() {
        guard let (place, begin) = current else { return }
        current = nil
        visit.fleet.finish(place, status: status, body: body, after: ContinuousClock.now - begin)
        status = 0
    }

    private func sendNext(_ context: ChannelHandlerContext) {
        guard let (place, request) = visit.fleet.next() else {
            context.close(promise: nil)
            return
        }
        current = (place, ContinuousClock.now)
        var head = HTTPRequestHead(version: .http1_1, method: .POST, uri: request.path)
        head.headers = [
            "Host": visit.authority, "Content-Type": "application/json", "Content-Length": String(request.body.count),
        ]
        for (name, value) in request.signature.headers { head.headers.add(name: name, value: value) }
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: request.body)))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }
}
