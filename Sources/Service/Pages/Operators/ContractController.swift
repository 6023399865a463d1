// SPDX-License-Identifier: Apache-2.0

internal import CivilTime
internal import Hummingbird
internal import ServicePolicy
internal import ServiceStore

/// Contracts, and the activation keys that their customers are given.
struct ContractController: Sendable {
    let desk: Desk

    func addRoutes(to router: Router<PageContext>) {
        router.get("/contracts", use: contracts)
        router.post("/contracts", use: add)
        router.post("/contracts/renew", use: renew)
        router.get("/keys", use: keys)
        router.post("/keys", use: make)
        router.post("/keys/revoke", use: revoke)
    }

    @Sendable private func contracts(_ request: Request, _ context: PageContext) async throws -> Response {
        let visitor = try Forms.visitor(context)
        let contracts = try await desk.store.read { try $0.contracts() }
        let view = ContractsView(contracts, visitor, context.language, desk.now)
        return desk.page(view, .contracts, request, context)
    }

    @Sendable private func add(_ request: Request, _ context: PageContext) async throws -> Response {
        let (visitor, fields) = try await desk.forms.read(request, context, atLeast: .administrator)
        guard let id = fields["id"], id.utf8.count <= 64, let customer = fields["customer"], customer.utf8.count <= 200,
            let from = fields["from"].flatMap({ CalendarDay($0) })
        else { throw PageFailure.badForm }
        let kinds = fields.all("kind").compactMap(Contract.Kind.init(rawValue:))
        guard !kinds.isEmpty else { throw PageFailure.badForm }
        let products = Desk.words(fields["products"])
        let declared = String((fields["declared"] ?? "").prefix(500))
        do {
            try await desk.forms.change("contract.added", of: id, by: visitor, detail: customer) { records, now in
                try records.add(
                    Contract(
                        id: id, customer: customer, products: products, declared: declared, created: now,
                        terms: kinds.map { Contract.Term($0, EntitlementTerm(from: from)) }))
            }
        } catch StoreError.conflict {
            throw PageFailure.refused("there is a contract \(id)")
        }
        return Desk.done("/contracts")
    }

    @Sendable private func renew(_ request: Request, _ context: PageContext) async throws -> Response {
        let (visitor, fields) = try await desk.forms.read(request, context, atLeast: .administrator)
        guard let id = fields["id"], let kind = fields["kind"].flatMap(Contract.Kind.init(rawValue:)) else {
            throw PageFailure.badForm
        }
        try await desk.forms.change("contract.renewed", of: id, by: visitor, detail: kind.rawValue) { records, now in
            _ = try records.renew(kind, of: id, at: now)
        }
        return Desk.done("/contracts")
    }

    @Sendable private func keys(_ request: Request, _ context: PageContext) async throws -> Response {
        try await keysPage(request, context, try Forms.visitor(context), shown: nil)
    }

    private func keysPage(
        _ request: Request, _ context: PageContext, _ visitor: Visitor, shown: String?
    ) async throws -> Response {
        let (keys, counts, contracts) = try await desk.store.read { records in
            (try records.activationKeys(), try records.hostCounts(), try records.contracts())
        }
        let view = KeysView(keys, counts, contracts, visitor, shown: shown, context.language, desk.now)
        var response = desk.page(view, .activationKeys, request, context)
        response.headers[.cacheControl] = "no-store"
        return response
    }

    /// The answer to the form has the key, since no other page ever has it.
    @Sendable private func make(_ request: Request, _ context: PageContext) async throws -> Response {
        let (visitor, fields) = try await desk.forms.read(request, context, atLeast: .administrator)
        guard let contract = fields["contract"] else { throw PageFailure.badForm }
        var limit: Int?
        if let text = fields["limit"] {
            guard let number = Int(text), (1...10_000_000).contains(number) else { throw PageFailure.badForm }
            limit = number
        }
        var expires: Moment?
        if let text = fields["expires"] {
            guard let day = CalendarDay(text) else { throw PageFailure.badForm }
            // The key is good on its last day, too.
            expires = Moment(startOf: day.adding(days: 1))
        }
        let group = String((fields["group"] ?? "default").prefix(64))
        let (products, note) = (Desk.words(fields["products"]), String((fields["note"] ?? "").prefix(200)))
        let secret = ActivationKeySecret()
        let (bound, end) = (limit, expires)
        try await desk.forms.change("key.made", of: secret.id, by: visitor, detail: "contract \(contract)") {
            records, now in
            try records.add(
                ActivationKey(
                    secret, contract: contract, limit: bound, expires: end, group: group, products: products,
                    note: note, created: now))
        }
        return try await keysPage(request, context, visitor, shown: secret.text)
    }

    @Sendable private func revoke(_ request: Request, _ context: PageContext) async throws -> Response {
        let (visitor, fields) = try await desk.forms.read(request, context, atLeast: .administrator)
        guard let id = fields["id"] else { throw PageFailure.badForm }
        try await desk.forms.change("key.revoked", of: id, by: visitor) { records, now in
            try records.revokeActivationKey(id, at: now)
        }
        return Desk.done("/keys")
    }
}

/// All contracts.
struct ContractsView: PageView {
    static let template = "contracts"

    /// A right of a contract.
    struct Right: Sendable {
        var kind: String
        var name: String
        var until: String
        var isValid: Bool
    }

    /// A contract.
    struct Row: Sendable {
        var id: String
        var customer: String
        var products: String
        var declared: String
        var rights: [Right]
    }

    let rows: [Row]
    let hasRows: Bool
    let today: String
    let csrf: String
    let mayChange: Bool

    init(_ contracts: [Contract], _ visitor: Visitor, _ language: PageLanguage, _ now: Moment) {
        rows = contracts.map { contract in
            Row(
                id: contract.id, customer: contract.customer,
                products: contract.products.isEmpty
                    ? CommonText.all.text(in: language) : contract.products.joined(separator: ", "),
                declared: contract.declared,
                rights: Contract.Kind.allCases.compactMap { kind in
                    guard let last = contract.lastDay(of: kind) else { return nil }
                    return Right(
                        kind: kind.rawValue, name: kind.text.text(in: language), until: "\(last)",
                        isValid: contract.span(of: kind, at: now) != nil)
                })
        }
        hasRows = !rows.isEmpty
        today = "\(now.dayInTokyo)"
        csrf = visitor.csrf
        mayChange = visitor.role >= .administrator
    }
}

extension Contract.Kind {
    /// What it is called.
    var text: OperatorText {
        switch self {
        case .usageRight: .usageRight
        case .technicalSupport: .technicalSupport
        }
    }
}

/// All activation keys; a new one is shown once.
struct KeysView: PageView {
    static let template = "keys"

    /// A key.
    struct Row: Sendable {
        var id: String
        var contract: String
        var hosts: String
        var group: String
        var products: String
        var note: String
        var expires: String
        var isRevoked: Bool
        var isExpired: Bool
    }

    let rows: [Row]
    let hasRows: Bool
    let shown: String?
    let contracts: [String]
    let hasContracts: Bool
    let csrf: String
    let mayChange: Bool

    init(
        _ keys: [ActivationKey], _ counts: [String: Int], _ contracts: [Contract], _ visitor: Visitor,
        shown: String?, _ language: PageLanguage, _ now: Moment
    ) {
        rows = keys.map { key in
            Row(
                id: key.id, contract: key.contract,
                hosts: "\(counts[key.id] ?? 0) / " + (key.limit.map(String.init) ?? "∞"), group: key.group,
                products: key.products.isEmpty
                    ? CommonText.all.text(in: language) : key.products.joined(separator: ", "),
                note: key.note,
                expires: key.expires.map { "\($0.adding(days: -1).dayInTokyo)" } ?? "–", isRevoked: key.revoked != nil,
                isExpired: key.expires.map { $0 <= now } ?? false)
        }
        hasRows = !rows.isEmpty
        self.shown = shown
        self.contracts = contracts.map(\.id)
        hasContracts = !contracts.isEmpty
        csrf = visitor.csrf
        mayChange = visitor.role >= .administrator
    }
}
