// SPDX-License-Identifier: Apache-2.0

internal import Director
internal import HTTPTypes
internal import HostProtocol
internal import Hummingbird
internal import HummingbirdCore
internal import NIOCore
internal import ServicePolicy

/// What hosts send: registrations, check-ins, and that they leave.
///
/// Each is signed with the host's key.
struct HostResponder: Sendable {
    let seat: DirectorSeat
    let addresses: ClientAddress
    /// Counts what was refused, by addresses.
    let guesses: RateLimiter
    let clock: DateClock
    let counts: RequestCounts
    let refusals: LabelledCounter

    /// The answer to a request; nil if it is not about hosts.
    func answer(to request: Request, peer: @autoclosure () -> String) async -> Response? {
        guard let path = request.head.path, path.utf8.starts(with: "/v1/".utf8) else { return nil }
        let address = addresses.of(request.headers, peer: peer())
        var response: Response
        do throws(ServiceRefusal) {
            response = try await accepted(request, path, from: address)
        } catch {
            refusals.add(error.code.rawValue)
            let isMethod = request.method != .post && error.code == .notFound
            response = Refusal.response(error, status: isMethod ? .methodNotAllowed : nil, at: clock)
            if isMethod { response.headers[.allow] = "POST" }
        }
        response.headers[.date] = clock.now.text
        counts.add(.hosts, status: response.status)
        return response
    }

    private func accepted(
        _ request: Request, _ path: String, from address: String
    ) async throws(ServiceRefusal) -> Response {
        guard request.method == .post, [Endpoint.register, Endpoint.checkIn, Endpoint.unregister].contains(path)
        else { throw ServiceRefusal(.notFound) }
        guard let director = seat.director else { throw ServiceRefusal(.unavailable, retryAfter: 3600) }
        let body = try await body(of: request)
        let now = Moment(seconds: clock.now.second)
        switch path {
        case Endpoint.register:
            return Self.answer(try await register(request, body, director, from: address, at: now), .created)
        case Endpoint.checkIn:
            let signature = try await signature(of: request, path, body, director, at: now)
            let message: CheckIn
            do throws(ProtocolError) { message = try CheckIn(parsing: body) } catch { throw ServiceRefusal(error) }
            let answer = try await director.checkIn(
                message, digest: signature.contentDigest, of: signature.host, at: now)
            return Self.answer(answer, .ok)
        default:
            let signature = try await signature(of: request, path, body, director, at: now)
            try await director.unregister(signature.host, at: now)
            return Response(status: .noContent, headers: [.cacheControl: "no-store"])
        }
    }

    private func body(of request: Request) async throws(ServiceRefusal) -> [UInt8] {
        if let length = request.headers[.contentLength].flatMap(Int.init), length > Endpoint.messageLimit {
            throw ServiceRefusal(.tooLong)
        }
        do {
            return Array(try await request.body.collect(upTo: Endpoint.messageLimit).readableBytesView)
        } catch is NIOTooManyBytesError {
            throw ServiceRefusal(.tooLong)
        } catch {
            throw ServiceRefusal(.malformed)
        }
    }

    /// A registration is signed with the key that it brings: so it is the host's own.
    private func register(
        _ request: Request, _ body: [UInt8], _ director: Director, from address: String, at now: Moment
    ) async throws(ServiceRefusal) -> ServiceAnswer {
        let counted = addresses.counted(address)
        // Only what is wrong counts, so that a whole fleet behind one address can register at once.
        if let seconds = guesses.wait(counted, at: now.seconds) { throw ServiceRefusal(.tooMany, retryAfter: seconds) }
        do throws(ServiceRefusal) {
            let registration: Registration
            do throws(ProtocolError) {
                registration = try Registration(parsing: body)
                try RequestSignature { name in HTTPField.Name(name).flatMap { request.headers[$0] } }
                    .verify(
                        method: "POST", path: Endpoint.register, body: body, at: now, by: registration.key)
            } catch {
                throw ServiceRefusal(error)
            }
            return try await director.register(registration, from: address, at: now)
        } catch {
            switch error.code {
            case .unknownKey, .malformed, .badSignature, .expiredKey, .exhaustedKey:
                _ = guesses.take(counted, at: now.seconds)
            default: break
            }
            throw error
        }
    }

    /// The signature of a request, which is that of a host that is known.
    private func signature(
        of request: Request, _ path: String, _ body: [UInt8], _ director: Director, at now: Moment
    ) async throws(ServiceRefusal) -> RequestSignature {
        let signature: RequestSignature
        do throws(ProtocolError) {
            signature = try RequestSignature { name in HTTPField.Name(name).flatMap { request.headers[$0] } }
        } catch {
            throw ServiceRefusal(error)
        }
        let key = try await director.key(of: signature.host)
        do throws(ProtocolError) {
            try signature.verify(method: "POST", path: path, body: body, at: now, by: key)
        } catch {
            throw ServiceRefusal(error)
        }
        return signature
    }

    private static func answer(_ answer: ServiceAnswer, _ status: HTTPResponse.Status) -> Response {
        Response(
            status: status, headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: answer.encoded)))
    }
}

extension ServiceRefusal {
    /// What a host is told of a message that is not in order.
    init(_ error: ProtocolError) {
        let code: Code =
            switch error {
            case .otherTime: .badClock
            case .badHeader, .otherBody, .badSignature, .badKey, .otherHost, .unsigned, .wrongStatement: .badSignature
            case .notJSON, .missing, .wrongKind, .badValue, .laterVersion: .malformed
            }
        self.init(code, PolicyText("\(code.text.english) (\(error))", "\(code.text.japanese) (\(error))"))
    }
}
