// SPDX-License-Identifier: Apache-2.0

internal import Crypto
internal import HTTPTypes
internal import Hummingbird
internal import ServicePolicy
internal import ServiceStore
internal import UpdateFramework

/// Who is signed in, by a cookie that only the server can make sense of.
///
/// The browser has a random token, and the records have its hash; see docs/adr/0014. A token that a client brings along is
/// never taken for a new session: each sign-in makes one of its own.
struct Sessions: Sendable {
    let store: ServiceStore
    /// Whether cookies are for TLS alone.
    let isSecure: Bool
    /// What binds forms of strangers to their browsers.
    let secret: SymmetricKey

    /// How long a session lasts without being used, in seconds.
    static let idle: Int64 = 3600 * 2
    /// How long it lasts at most.
    static let lifetime: Int64 = 3600 * 12

    private var cookie: String { isSecure ? "__Host-session" : "session" }
    private var formCookie: String { isSecure ? "__Host-form" : "form" }
    private var attributes: String { "Path=/; HttpOnly; SameSite=Lax" + (isSecure ? "; Secure" : "") }

    /// Who has sent a request; nil for a stranger.
    func visitor(of request: Request) async throws -> Visitor? {
        guard let token = request.cookies[cookie]?.value, token.utf8.count == 64 else { return nil }
        let (hash, now) = (RandomText.hash(of: token), Moment(seconds: DateClock.seconds))
        guard let (session, user) = try await store.read({ try $0.session(hash, at: now) }),
            now.seconds - session.created.seconds < Self.lifetime
        else { return nil }
        // Written once a minute, not with every request.
        if now.seconds - session.seen.seconds >= 60 {
            var session = session
            session.seen = now
            session.expires = Moment(
                seconds: min(now.seconds + Self.idle, session.created.seconds + Self.lifetime))
            let used = session
            try await store.write { try $0.put(used) }
        }
        return Visitor(name: user.name, role: user.role, csrf: session.secret, session: hash)
    }

    /// Begins a session; the field that gives the browser its token.
    func begin(for user: String, from address: String, in records: Records, at now: Moment) throws -> HTTPFields {
        let token = RandomText.token()
        try records.put(
            SessionRecord(
                hash: RandomText.hash(of: token), user: user, created: now,
                expires: Moment(seconds: now.seconds + Self.idle), seen: now, address: address,
                secret: RandomText.token()))
        return [.setCookie: "\(cookie)=\(token); \(attributes)"]
    }

    /// The field that takes the token from the browser.
    var ending: HTTPFields { [.setCookie: "\(cookie)=; \(attributes); Max-Age=0"] }

    /// What a form for strangers carries, and the field that binds it to the browser.
    func strangersForm(of request: Request) -> (csrf: String, fields: HTTPFields) {
        let known = request.cookies[formCookie]?.value
        let token = known.flatMap { $0.utf8.count == 64 ? $0 : nil } ?? RandomText.token()
        return (code(for: token), [.setCookie: "\(formCookie)=\(token); \(attributes)"])
    }

    /// Whether a form for strangers is what was given to this browser.
    func isStrangersForm(_ csrf: String, of request: Request) -> Bool {
        guard let token = request.cookies[formCookie]?.value, token.utf8.count == 64 else { return false }
        return ConstantTime.areEqual(code(for: token), csrf)
    }

    private func code(for token: String) -> String {
        Hexadecimal.text(of: HMAC<SHA256>.authenticationCode(for: Array("form \(token)".utf8), using: secret))
    }
}

/// Finds out who has sent a request.
struct SessionMiddleware: RouterMiddleware {
    let sessions: Sessions

    func handle(
        _ request: Request, context: PageContext, next: (Request, PageContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        context.visitor = try await sessions.visitor(of: request)
        return try await next(request, context)
    }
}
