// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOCore
import NIOPosix
import TestSupport

/// What a server answered.
struct Reply: Sendable {
    var status = 0
    var fields: [(name: String, value: String)] = []
    var body: [UInt8] = []

    /// A field's value; nil if it is not there.
    subscript(name: String) -> String? { fields.first { $0.name == name.lowercased() }?.value }
    /// The values of a field that may come several times.
    func all(_ name: String) -> [String] { fields.filter { $0.name == name.lowercased() }.map(\.value) }
    /// The body as text.
    var text: String { String(decoding: body, as: UTF8.self) }
}

/// A connection on which a test sends whatever bytes it likes.
final class Connection: Sendable {
    private let channel: any Channel
    private let stream: AsyncThrowingStream<[UInt8], any Error>
    private let reader: Reader

    /// Connects to a port of this machine.
    init(port: Int) async throws {
        let (stream, told) = AsyncThrowingStream<[UInt8], any Error>.makeStream()
        self.stream = stream
        channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(.seconds(20))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Collector(told))
                }
            }.connect(host: "127.0.0.1", port: port).get()
        reader = Reader(stream)
    }

    /// Sends bytes as they are.
    func send(_ text: String) async throws { try await send(Array(text.utf8)) }

    /// Sends bytes as they are.
    func send(_ bytes: [UInt8]) async throws { try await channel.writeAndFlush(ByteBuffer(bytes: bytes)) }

    /// Sends a request, and reads its answer.
    func request(
        _ method: String, _ path: String, _ fields: [(String, String)] = [], _ body: [UInt8] = []
    ) async throws -> Reply {
        var head = "\(method) \(path) HTTP/1.1\r\nHost: localhost\r\n"
        for (name, value) in fields { head += "\(name): \(value)\r\n" }
        if !body.isEmpty || method == "POST" { head += "Content-Length: \(body.count)\r\n" }
        try await send(Array((head + "\r\n").utf8) + body)
        return try await reply(hasBody: method != "HEAD")
    }

    /// Reads an answer.
    func reply(hasBody: Bool = true) async throws -> Reply { try await reader.reply(hasBody: hasBody) }

    /// Whether the server closes the connection, rather than answer.
    func isClosedByServer() async -> Bool { await reader.isAtEnd() }

    /// Closes the connection.
    func close() async { try? await channel.close() }
}

/// Hands on what comes.
private final class Collector: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let told: AsyncThrowingStream<[UInt8], any Error>.Continuation

    init(_ told: AsyncThrowingStream<[UInt8], any Error>.Continuation) { self.told = told }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        told.yield(Array(unwrapInboundIn(data).readableBytesView))
    }

    func channelInactive(context: ChannelHandlerContext) { told.finish() }
    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}

/// Puts answers together from pieces.
private actor Reader {
    private var rest: [UInt8] = []
    private let stream: AsyncThrowingStream<[UInt8], any Error>

    init(_ stream: AsyncThrowingStream<[UInt8], any Error>) { self.stream = stream }

    private func more() async throws -> Bool {
        var iterator = stream.makeAsyncIterator()
        guard let next = try await iterator.next() else { return false }
        rest += next
        return true
    }

    private func need(_ isMore: Bool) throws {
        guard isMore else { throw CommandFailure(description: "the server closed the connection") }
    }

    func isAtEnd() async -> Bool {
        guard rest.isEmpty else { return false }
        return !((try? await more()) ?? false)
    }

    func reply(hasBody: Bool) async throws -> Reply {
        var reply = Reply()
        while rest.firstRange(of: Array("\r\n\r\n".utf8)) == nil { try need(await more()) }
        guard let end = rest.firstRange(of: Array("\r\n\r\n".utf8)) else { return reply }
        let lines = String(decoding: rest[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
        rest.removeSubrange(..<end.upperBound)
        reply.status = lines.first?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1).map(String.init)
            guard parts.count == 2 else { continue }
            reply.fields.append((parts[0].lowercased(), String(parts[1].drop { $0 == " " })))
        }
        guard hasBody, reply.status != 204, reply.status != 304 else { return reply }
        if let length = reply["content-length"].flatMap(Int.init) {
            while rest.count < length { try need(await more()) }
            reply.body = Array(rest.prefix(length))
            rest.removeFirst(length)
        } else if reply["transfer-encoding"] == "chunked" {
            while let size = try await chunkSize(), size > 0 {
                while rest.count < size + 2 { try need(await more()) }
                reply.body += rest.prefix(size)
                rest.removeFirst(size + 2)
            }
            while rest.count < 2 { try need(await more()) }
            rest.removeFirst(2)
        }
        return reply
    }

    private func chunkSize() async throws -> Int? {
        while rest.firstRange(of: Array("\r\n".utf8)) == nil { try need(await more()) }
        guard let end = rest.firstRange(of: Array("\r\n".utf8)) else { return nil }
        let size = Int(String(decoding: rest[..<end.lowerBound], as: UTF8.self), radix: 16)
        rest.removeSubrange(..<end.upperBound)
        return size
    }
}
