// SPDX-License-Identifier: Apache-2.0

internal import Hummingbird
internal import ServicePolicy
internal import ServiceStore

/// Those who may sign in.
struct UserController: Sendable {
    let desk: Desk
    let passwords: PasswordHash

    func addRoutes(to router: Router<PageContext>) {
        router.get("/users", use: list)
        router.post("/users", use: add)
        router.post("/users/change", use: change)
    }

    @Sendable private func list(_ request: Request, _ context: PageContext) async throws -> Response {
        let visitor = try Forms.visitor(context, atLeast: .administrator)
        return try await page(request, context, visitor, shown: nil)
    }

    private func page(
        _ request: Request, _ context: PageContext, _ visitor: Visitor, shown: UsersView.Shown?
    ) async throws -> Response {
        let users = try await desk.store.read { try $0.users() }
        return desk.page(UsersView(users, visitor, shown: shown, context.language), .users, request, context)
    }

    @Sendable private func add(_ request: Request, _ context: PageContext) async throws -> Response {
        let (visitor, fields) = try await desk.forms.read(request, context, atLeast: .administrator)
        guard let name = fields["name"], Self.isName(name),
            let role = fields["role"].flatMap(UserRecord.Role.init(rawValue:))
        else { throw PageFailure.badForm }
        let password = RandomText.password()
        let hash = try await passwords.text(for: password)
        try await desk.forms.change("user.created", of: name, by: visitor, detail: role.rawValue) { records, now in
            guard try records.user(name) == nil else { throw PageFailure.refused("there is a user \(name)") }
            try records.put(UserRecord(name: name, role: role, password: hash, created: now))
        }
        return try await page(request, context, visitor, shown: .init(name: name, password: password))
    }

    @Sendable private func change(_ request: Request, _ context: PageContext) async throws -> Response {
        let (visitor, fields) = try await desk.forms.read(request, context, atLeast: .administrator)
        guard let name = fields["name"], let action = fields["do"] else { throw PageFailure.badForm }
        // Nobody locks themselves out by a slip, and so there is always an administrator.
        guard name != visitor.name else { throw PageFailure.refused("another administrator must change your user") }
        let password = action == "password" ? RandomText.password() : nil
        var hash: String?
        if let password { hash = try await passwords.text(for: password) }
        let (newHash, role) = (hash, fields["role"].flatMap(UserRecord.Role.init(rawValue:)))
        try await desk.forms.change("user.\(Self.word(action))", of: name, by: visitor, detail: role?.rawValue ?? "") {
            records, now in
            guard var user = try records.user(name) else { throw PageFailure.notFound }
            switch action {
            case "disable": user.isDisabled = true
            case "enable": user.isDisabled = false
            case "role":
                guard let role else { throw PageFailure.badForm }
                user.role = role
            case "password":
                guard let newHash else { throw PageFailure.badForm }
                user.password = newHash
                user.changed = now
            default: throw PageFailure.badForm
            }
            try records.put(user)
            try records.endSessions(of: name)
        }
        guard let password else { return Desk.done("/users") }
        return try await page(request, context, visitor, shown: .init(name: name, password: password))
    }

    /// What the log calls a change.
    private static func word(_ action: String) -> String {
        switch action {
        case "disable": "disabled"
        case "enable": "enabled"
        case "role": "role"
        default: "password"
        }
    }

    /// Letters, digits and a few signs, so that a name is the same wherever it is written.
    private static func isName(_ name: String) -> Bool {
        (1...64).contains(name.utf8.count)
            && name.utf8.allSatisfy {
                ($0 >= 48 && $0 <= 57) || ($0 | 32 >= 97 && $0 | 32 <= 122) || ".-_@".utf8.contains($0)
            }
    }
}

/// All users; a new password is shown once.
struct UsersView: PageView {
    static let template = "users"

    /// A user.
    struct Row: Sendable {
        var name: String
        var role: String
        var created: String
        var changed: String
        var isDisabled: Bool
        var isSelf: Bool
        var roles: [FleetView.Choice]
    }

    /// A password that is shown once.
    struct Shown: Sendable {
        var name: String
        var password: String
    }

    let rows: [Row]
    let roles: [FleetView.Choice]
    let shown: Shown?
    let csrf: String

    init(_ users: [UserRecord], _ visitor: Visitor, shown: Shown?, _ language: PageLanguage) {
        func choices(_ chosen: UserRecord.Role?) -> [FleetView.Choice] {
            UserRecord.Role.allCases.map {
                FleetView.Choice(value: $0.rawValue, name: $0.text.text(in: language), isChosen: $0 == chosen)
            }
        }
        rows = users.map { user in
            Row(
                name: user.name, role: user.role.text.text(in: language), created: Desk.time(user.created),
                changed: Desk.time(user.changed), isDisabled: user.isDisabled, isSelf: user.name == visitor.name,
                roles: choices(user.role))
        }
        roles = choices(.operator)
        self.shown = shown
        csrf = visitor.csrf
    }
}
