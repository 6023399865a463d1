// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import ServicePolicy
internal import ServiceStore

/// Signing in and out, and one's own password.
struct SignInController: Sendable {
    let renderer: PageRenderer
    let sessions: Sessions
    let forms: Forms
    let passwords: PasswordHash
    let addresses: ClientAddress
    let tries: RateLimiter
    let triesOfUser: RateLimiter

    func addRoutes(to router: Router<PageContext>) {
        router.get("/sign-in", use: show)
        router.post("/sign-in", use: signIn)
        router.post("/sign-out", use: signOut)
        router.get("/account", use: account)
        router.post("/account", use: changePassword)
    }

    /// The shortest password that is taken.
    static let shortest = 12

    @Sendable private func show(_ request: Request, _ context: PageContext) async throws -> Response {
        let query = FormFields(query: request.uri.query)
        return page(request, context, name: "", to: PageRedirect.harmless(query["to"]), failure: nil)
    }

    private func page(
        _ request: Request, _ context: PageContext, name: String, to: String, failure: PublicText?,
        status: HTTPResponse.Status = .ok
    ) -> Response {
        let form = sessions.strangersForm(of: request)
        let view = SignInView(
            failure: failure?.text(in: context.language), csrf: form.csrf, to: to, name: name)
        var response = renderer.page(
            view, titled: CommonText.signIn.text(in: context.language), for: request, context, status: status)
        response.headers.append(contentsOf: form.fields)
        response.headers[.cacheControl] = "no-store"
        return response
    }

    @Sendable private func signIn(_ request: Request, _ context: PageContext) async throws -> Response {
        let fields = try await forms.fields(of: request)
        guard let csrf = fields["csrf"], sessions.isStrangersForm(csrf, of: request) else {
            throw PageFailure.formExpired
        }
        let name = String((fields["name"] ?? "").prefix(64))
        let place = PageRedirect.harmless(fields["to"])
        let address = addresses.of(request.headers, peer: context.peer)
        let counted = addresses.counted(address)
        let now = Moment(seconds: DateClock.seconds)
        // By address against one who tries many users, by user against many who try one.
        if let seconds = tries.take(counted, at: now.seconds) ?? triesOfUser.take(name, at: now.seconds) {
            var response = page(
                request, context, name: name, to: place, failure: .tooManyTries, status: .tooManyRequests)
            response.headers[.retryAfter] = "\(seconds)"
            return response
        }
        let user = try await forms.store.read { try $0.user(name) }
        let password = String((fields.exactly("password") ?? "").prefix(1024))
        let isRight = try await passwords.verifies(password, user?.password)
        guard let user, isRight, !user.isDisabled else {
            context.logger.notice("a sign-in was refused", metadata: ["user": "\(name)", "address": "\(address)"])
            try await forms.store.write { records in
                _ = try records.log("user.refused", of: user?.name ?? "?", by: address, at: now)
            }
            return page(
                request, context, name: name, to: place, failure: .wrongPassword, status: .unprocessableContent)
        }
        tries.giveBack(counted)
        triesOfUser.giveBack(name)
        let old = try await sessions.visitor(of: request)?.session
        let cookie = try await forms.store.write { records in
            try records.forgetSessions(endedBefore: now)
            if let old { try records.endSession(old) }
            try records.log("user.signedIn", of: user.name, by: user.name, at: now, detail: address)
            return try sessions.begin(for: user.name, from: address, in: records, at: now)
        }
        return PageRedirect.response(to: place, cookie)
    }

    @Sendable private func signOut(_ request: Request, _ context: PageContext) async throws -> Response {
        let (visitor, _) = try await forms.read(request, context, atLeast: .reader)
        try await forms.store.write { try $0.endSession(visitor.session) }
        return PageRedirect.response(to: "/", sessions.ending)
    }

    @Sendable private func account(_ request: Request, _ context: PageContext) async throws -> Response {
        let visitor = try Forms.visitor(context)
        return accountPage(request, context, visitor, nil)
    }

    private func accountPage(
        _ request: Request, _ context: PageContext, _ visitor: Visitor, _ message: PageFrame.Message?
    ) -> Response {
        let view = AccountView(
            csrf: visitor.csrf, name: visitor.name, role: visitor.role.text.text(in: context.language),
            shortest: Self.shortest)
        return renderer.page(
            view, titled: OperatorText.account.text(in: context.language), for: request, context,
            status: message == nil ? .ok : .unprocessableContent, message: message)
    }

    @Sendable private func changePassword(_ request: Request, _ context: PageContext) async throws -> Response {
        let (visitor, fields) = try await forms.read(request, context, atLeast: .reader)
        let (old, new) = (fields.exactly("password") ?? "", fields.exactly("new") ?? "")
        func refuse(_ text: OperatorText) -> Response {
            accountPage(
                request, context, visitor, .init(text: text.text(in: context.language), kind: "bad"))
        }
        let now = Moment(seconds: DateClock.seconds)
        guard triesOfUser.take(visitor.name, at: now.seconds) == nil else { throw PageFailure.tooMany(retryAfter: 60) }
        let stored = try await forms.store.read { try $0.user(visitor.name)?.password }
        guard try await passwords.verifies(old, stored) else { return refuse(.oldPasswordWrong) }
        guard new.unicodeScalars.count >= Self.shortest, new.utf8.count <= 1024 else {
            return refuse(.passwordTooShort)
        }
        guard new == fields.exactly("again") else { return refuse(.passwordsDiffer) }
        triesOfUser.giveBack(visitor.name)
        let hash = try await passwords.text(for: new)
        let address = addresses.of(request.headers, peer: context.peer)
        let cookie = try await forms.change("user.password", of: visitor.name, by: visitor) { records, now in
            guard var user = try records.user(visitor.name) else { throw PageFailure.notFound }
            user.password = hash
            user.changed = now
            try records.put(user)
            // Whoever else had got in is out.
            try records.endSessions(of: user.name)
            return try sessions.begin(for: user.name, from: address, in: records, at: now)
        }
        return PageRedirect.response(to: "/account?done=password", cookie)
    }
}

/// The page for signing in.
struct SignInView: PageView {
    static let template = "sign-in"
    let failure: String?
    let csrf: String
    let to: String
    let name: String
}

/// The page of one's own account.
struct AccountView: PageView {
    static let template = "account"
    let csrf: String
    let name: String
    let role: String
    let shortest: Int
}
