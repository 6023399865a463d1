// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import HostProtocol
import NIOCore
import NIOHTTP1
import ServicePolicy

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
    private var current: (place: Int, host: SimulatedHost, begin: ContinuousClock.Instant)?
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
        guard let (place, host, begin) = current else { return }
        current = nil
        visit.fleet.finish(place, host, status: status, body: body, after: ContinuousClock.now - begin)
        status = 0
    }

    private func sendNext(_ context: ChannelHandlerContext) {
        let now = Moment(seconds: Int64(Date().timeIntervalSince1970))
        guard var turn = visit.fleet.next(), let (path, body, signature) = turn.host.request(turn.kind, at: now) else {
            context.close(promise: nil)
            return
        }
        current = (turn.place, turn.host, ContinuousClock.now)
        var head = HTTPRequestHead(version: .http1_1, method: .POST, uri: path)
        head.headers = [
            "Host": visit.authority, "Content-Type": "application/json", "Content-Length": String(body.count),
        ]
        for (name, value) in signature.headers { head.headers.add(name: name, value: value) }
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: body)))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }
}
