// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes
internal import HostProtocol
internal import Hummingbird
internal import LinuxSystem
internal import NIOCore
internal import NIOPosix
internal import PatchCatalogue
internal import ServicePolicy
internal import UpdateFramework

/// The repository over HTTP.
///
/// It stands in front of the router: what all hosts fetch all the time has its answer ready.
struct RepositoryResponder: Sendable {
    let metadata: MetadataCache
    let targets: TargetStore
    let tokens: TokenCheck
    let clock: DateClock
    let counts: RequestCounts
    let pool: NIOThreadPool

    /// What targets are.
    static let targetType = "application/octet-stream"
    /// A cache on the way must not hand a patch to those without a token.
    static let targetFields: HTTPFields = [.vary: "Authorization", .xContentTypeOptions: "nosniff"]
    /// How much of a file is in memory for each client.
    static let piece = 64 << 10

    /// The answer to a request; nil if it is not about the repository.
    func answer(to request: HTTPRequest, on loop: any EventLoop) async throws -> (
        head: HTTPResponse, body: ResponseBody
    )? {
        guard let whole = request.path, whole.utf8.starts(with: "/repository/".utf8) else { return nil }
        let path = whole.utf8.firstIndex(of: UInt8(ascii: "?")).map { whole[..<$0] } ?? whole[...]
        guard request.method == .get || request.method == .head else {
            return refused(.notFound, status: .methodNotAllowed, [.allow: "GET, HEAD"], area: .metadata)
        }
        switch resource(at: path, authorization: request.headerFields[.authorization]) {
        case .metadata(let answer?): return send(answer, to: request, area: .metadata)
        case .metadata(nil): return refused(.notFound, status: .notFound, area: .metadata)
        case .nothing: return refused(.notFound, status: .notFound, area: .targets)
        case .closed:
            return refused(
                .unauthorised, status: .unauthorized, [.wwwAuthenticate: "Bearer realm=\"patches\""], area: .targets)
        case .target(let relative):
            if let answer = targets.stored(relative) { return send(answer, to: request, area: .targets) }
            switch try await targets.find(relative, on: loop) {
            case nil: return refused(.notFound, status: .notFound, area: .targets)
            case .stored(let answer): return send(answer, to: request, area: .targets)
            case .file(let file): return send(file, to: request)
            }
        }
    }

    /// The bytes of an answer that is in memory, head and all; nil for a request that needs more than a look.
    func directAnswer(to path: String, authorization: String?, knownTags: String?) -> ByteBuffer? {
        let (stored, area): (StoredAnswer?, RequestCounts.Area)
        switch resource(at: path[...], authorization: authorization) {
        case .metadata(let answer): (stored, area) = (answer, .metadata)
        case .target(let relative): (stored, area) = (targets.stored(relative), .targets)
        case .closed, .nothing: return nil
        }
        guard let (bytes, status) = stored?.wire(knownTags: knownTags, at: clock) else { return nil }
        counts.add(area, status: status)
        return bytes
    }

    /// What a path of the repository leads to.
    private enum Resource {
        case metadata(StoredAnswer?)
        case target(String)
        /// A target for which the request has no token; what is not there is not told to those without one, either.
        case closed
        case nothing
    }

    private func resource(at path: Substring, authorization: String?) -> Resource {
        if path.utf8.starts(with: Endpoint.metadata.utf8) {
            return .metadata(metadata.answer(named: path.dropFirst(Endpoint.metadata.utf8.count)))
        }
        guard path.utf8.starts(with: Endpoint.targets.utf8),
            let relative = FileNaming.relativePath(ofEncoded: String(path.dropFirst(Endpoint.targets.utf8.count)))
        else { return .nothing }
        return Self.isOpen(relative) || isAllowed(authorization, relative) ? .target(relative) : .closed
    }

    /// Whether a target is for everybody: the list of revocations alone.
    private static func isOpen(_ relative: String) -> Bool {
        relative == RevocationList.path.text
            || (relative.hasSuffix("." + RevocationList.path.text) && !relative.utf8.contains(UInt8(ascii: "/"))
                && TargetStore.isContentAddressed(relative))
    }

    private func isAllowed(_ authorization: String?, _ relative: String) -> Bool {
        guard let field = authorization else { return false }
        let scheme = field.utf8.prefix(7)
        guard scheme.elementsEqual("Bearer ".utf8) || String(scheme)?.lowercased() == "bearer " else { return false }
        let product = relative.prefix { $0 != "/" }
        return tokens.opens(product, field.dropFirst(7), at: Moment(seconds: clock.now.second))
    }

    private func send(
        _ answer: StoredAnswer, to request: HTTPRequest, area: RequestCounts.Area
    ) -> (head: HTTPResponse, body: ResponseBody) {
        let (head, hasBody) = answer.head(for: request, at: clock)
        counts.add(area, status: head.status)
        guard hasBody else { return (head, ResponseBody()) }
        let body = answer.body
        guard body.readableBytes > Self.piece else { return (head, ResponseBody(byteBuffer: body)) }
        return (
            head,
            ResponseBody(contentLength: body.readableBytes) { writer in
                // In pieces, so that what waits for a slow client is one of them, and encrypted only then.
                var rest = body
                while let piece = rest.readSlice(length: min(Self.piece, rest.readableBytes)), piece.readableBytes > 0 {
                    try await writer.write(piece)
                }
                try await writer.finish(nil)
            }
        )
    }

    private func send(_ file: RegularFile, to request: HTTPRequest) -> (head: HTTPResponse, body: ResponseBody) {
        let tag = "\"\(file.state.node)-\(file.state.size)-\(file.state.seconds)-\(file.state.nanoseconds)\""
        var fields = Self.targetFields
        fields[.eTag] = tag
        fields[.cacheControl] = "private, no-cache"
        fields[.date] = clock.now.text
        if let known = request.headerFields[.ifNoneMatch], StoredAnswer.matches(known, tag) {
            counts.add(.targets, status: .notModified)
            return (HTTPResponse(status: .notModified, headerFields: fields), ResponseBody())
        }
        fields[.contentType] = Self.targetType
        fields[.contentLength] = "\(file.state.size)"
        counts.add(.targets, status: .ok)
        let head = HTTPResponse(status: .ok, headerFields: fields)
        guard request.method != .head else { return (head, ResponseBody()) }
        let pool = pool
        return (
            head,
            ResponseBody(contentLength: Int(file.state.size)) { writer in
                var offset: Int64 = 0
                while offset < file.state.size {
                    let (start, count) = (offset, min(Self.piece, Int(file.state.size - offset)))
                    let bytes = try await pool.runIfActive { try file.read(from: start, count: count) }
                    // A file that was cut short: the connection ends short of its announced length, which the client sees.
                    guard !bytes.isEmpty else { throw ChannelError.eof }
                    try await writer.write(ByteBuffer(bytes: bytes))
                    offset += Int64(bytes.count)
                }
                try await writer.finish(nil)
            }
        )
    }

    private func refused(
        _ code: ServiceRefusal.Code, status: HTTPResponse.Status, _ more: HTTPFields = [:], area: RequestCounts.Area
    ) -> (head: HTTPResponse, body: ResponseBody) {
        counts.add(area, status: status)
        let answer = Refusal.response(ServiceRefusal(code), status: status, at: clock)
        var head = answer.head
        head.headerFields.append(contentsOf: more)
        return (head, answer.body)
    }
}
