// SPDX-License-Identifier: Apache-2.0

internal import Crypto
internal import HTTPTypes
internal import NIOCore
internal import Synchronization
internal import UpdateFramework

/// An answer that is the same for everybody, made once: its body, and its head anew each second.
final class StoredAnswer: Sendable {
    /// How long others may keep it.
    enum Validity: Sendable {
        /// Its name has no other contents, ever.
        case forEver
        /// They ask each time whether it is still so.
        case untilAsked

        fileprivate var text: String {
            switch self {
            case .forEver: "public, max-age=31536000, immutable"
            case .untilAsked: "public, no-cache"
            }
        }
    }

    /// The body.
    let body: ByteBuffer
    /// The tag by which a client says which body it has.
    let tag: String

    private struct Heads: Sendable {
        var second: Int64
        var full: HTTPResponse
        var unchanged: HTTPResponse
        /// The same as bytes of HTTP/1.1, where the body is short enough to be sent in one piece.
        var fullBytes: ByteBuffer?
        var unchangedBytes: ByteBuffer
    }

    private let full: HTTPFields
    private let unchanged: HTTPFields
    private let heads: Mutex<Heads?> = Mutex(nil)

    init(_ bytes: [UInt8], type: String, lasts validity: Validity, tag: String? = nil, more: HTTPFields = [:]) {
        body = ByteBuffer(bytes: bytes)
        self.tag = tag ?? Self.tag(of: bytes)
        var fields: HTTPFields = [.eTag: self.tag, .cacheControl: validity.text]
        fields.append(contentsOf: more)
        unchanged = fields
        fields[.contentType] = type
        fields[.contentLength] = "\(bytes.count)"
        full = fields
    }

    /// The tag of some bytes.
    static func tag(of bytes: [UInt8]) -> String { "\"\(Hexadecimal.text(of: SHA256.hash(data: bytes).prefix(16)))\"" }

    /// The head, with the date of now; that of "not modified" if the client has the body already.
    func head(for request: HTTPRequest, at clock: DateClock) -> (head: HTTPResponse, hasBody: Bool) {
        let isKnown = request.headerFields[.ifNoneMatch].map { Self.matches($0, tag) } ?? false
        let heads = heads(at: clock)
        return isKnown ? (heads.unchanged, false) : (heads.full, request.method != .head)
    }

    /// All bytes of the answer to a `GET` of HTTP/1.1, and its status; nil if it is to be sent in pieces.
    func wire(knownTags: String?, at clock: DateClock) -> (bytes: ByteBuffer, status: HTTPResponse.Status)? {
        let heads = heads(at: clock)
        if let knownTags, Self.matches(knownTags, tag) { return (heads.unchangedBytes, .notModified) }
        return heads.fullBytes.map { ($0, .ok) }
    }

    private func heads(at clock: DateClock) -> Heads {
        let (second, date) = clock.now
        return heads.withLock { heads in
            if let heads, heads.second == second { return heads }
            var full = HTTPResponse(status: .ok, headerFields: full)
            full.headerFields[.date] = date
            var unchanged = HTTPResponse(status: .notModified, headerFields: unchanged)
            unchanged.headerFields[.date] = date
            let isShort = body.readableBytes <= RepositoryResponder.piece
            let new = Heads(
                second: second, full: full, unchanged: unchanged,
                fullBytes: isShort ? Self.bytes(of: full, body) : nil, unchangedBytes: Self.bytes(of: unchanged))
            heads = new
            return new
        }
    }

    /// A response as HTTP/1.1 writes it (RFC 9112, 2.1).
    private static func bytes(of head: HTTPResponse, _ body: ByteBuffer = ByteBuffer()) -> ByteBuffer {
        var bytes = ByteBuffer()
        bytes.writeString("HTTP/1.1 \(head.status.code) \(head.status.reasonPhrase)\r\n")
        for field in head.headerFields { bytes.writeString("\(field.name.rawName): \(field.value)\r\n") }
        bytes.writeString("\r\n")
        bytes.writeImmutableBuffer(body)
        return bytes
    }

    /// RFC 9110, 13.1.2: a list of tags, weak ones too, or `*`.
    static func matches(_ field: String, _ tag: String) -> Bool {
        field.split(separator: ",").contains { part in
            var part = part.drop { $0 == " " }
            while part.last == " " { part.removeLast() }
            if part.hasPrefix("W/") { part = part.dropFirst(2) }
            return part == tag || part == "*"
        }
    }
}
