// SPDX-License-Identifier: Apache-2.0

internal import Director
internal import HostProtocol
internal import Hummingbird
internal import JSON
internal import ServicePolicy
internal import ServiceStore

/// The fleet, and each host of it.
struct FleetController: Sendable {
    let desk: Desk
    let seat: DirectorSeat
    let installation: Installation

    /// Who has said nothing for longer is silent, in seconds.
    static let silence: Int64 = 86_400

    func addRoutes(to router: Router<PageContext>) {
        router.get("/fleet", use: list)
        router.get("/fleet/:host", use: show)
        router.get("/fleet/:host/openvex.json", use: document)
        router.post("/fleet/:host/state", use: setState)
        router.post("/fleet/:host/group", use: setGroup)
        router.post("/fleet/:host/hold", use: hold)
        router.post("/fleet/:host/release", use: release)
    }

    @Sendable private func list(_ request: Request, _ context: PageContext) async throws -> Response {
        _ = try Forms.visitor(context)
        let (query, now) = (FormFields(query: request.uri.query), desk.now)
        let silentSince = Moment(seconds: now.seconds - Self.silence)
        var filter = HostFilter()
        filter.text = query["q"] ?? ""
        filter.group = query["group"]
        filter.tag = query["tag"]
        filter.contract = query["contract"]
        filter.buildID = query["build"]
        switch query["state"] {
        case "silent": filter.silentSince = silentSince
        case "copied": filter.isCopied = true
        case let state: filter.state = state.flatMap(HostRecord.State.init(rawValue:))
        }
        let asked = filter
        let page = Page(offset: Paging.place(of: query["page"]) * Paging.size, limit: Paging.size)
        let catalogue = desk.watch.state.catalogue
        let (report, list, holds) = try await desk.store.read { records in
            (
                try FleetReport(records, catalogue, silentSince: silentSince),
                try records.hosts(asked, page: page), try records.holds()
            )
        }
        let view = FleetView(
            report, list, asked, stateAsked: query["state"], holds, catalogue, request.uri,
            context.language, now)
        return desk.page(view, .fleet, request, context)
    }

    private func host(_ context: PageContext) throws -> HostID {
        guard let host = context.parameters.get("host").flatMap({ HostID($0) }) else { throw PageFailure.notFound }
        return host
    }

    @Sendable private func show(_ request: Request, _ context: PageContext) async throws -> Response {
        let visitor = try Forms.visitor(context)
        let id = try host(context)
        let found = try await desk.store.read { records -> HostView.Found? in
            guard let host = try records.host(id) else { return nil }
            return HostView.Found(
                host: host, events: try records.events(of: id, limit: 50), holds: try records.holds(),
                grants: try records.grants(of: [id])[id] ?? [])
        }
        guard let found else { throw PageFailure.notFound }
        let view = HostView(found, desk.watch.state.catalogue, visitor, context.language, desk.now)
        return desk.page(view, found.host.facts.hostname, request, context)
    }

    @Sendable private func document(_ request: Request, _ context: PageContext) async throws -> Response {
        _ = try Forms.visitor(context)
        let id = try host(context)
        let (host, holds) = try await desk.store.read { (try $0.host(id), try $0.holds()) }
        guard let host else { throw PageFailure.notFound }
        let reports = TargetReport.reports(
            of: host, holds: Holds(of: host, holds), catalogue: desk.watch.state.catalogue)
        let author = installation.origin(for: request, context)
        guard let document = OpenVEX.document(of: host, reports, author: author, at: desk.now) else {
            throw PageFailure.notFound
        }
        var response = PublicController.file(document.text, type: "application/json", "no-store")
        response.headers[.contentDisposition] = "attachment; filename=\"\(id).openvex.json\""
        return response
    }

    @Sendable private func setState(_ request: Request, _ context: PageContext) async throws -> Response {
        let (visitor, fields) = try await desk.forms.read(request, context)
        let id = try host(context)
        guard let state = fields["state"].flatMap(HostRecord.State.init(rawValue:)) else { throw PageFailure.badForm }
        if state == .retired {
            guard let director = seat.director else { throw PageFailure.refused("the server has no key to sign with") }
            do throws(ServiceRefusal) { try await director.unregister(id, by: visitor.name, at: desk.now) } catch {
                throw PageFailure.refused(error.text.english)
            }
        } else {
            let action = state == .active ? "host.activated" : "host.quarantined"
            try await desk.forms.change(action, of: id.text, by: visitor) { records, _ in
                // A host that has left comes back by a registration of its own.
                guard let host = try records.host(id), host.state != .retired else { throw PageFailure.notFound }
                try records.set(state, of: id)
            }
        }
        return Desk.done("/fleet/\(id)")
    }

    @Sendable private func setGroup(_ request: Request, _ context: PageContext) async throws -> Response {
        let (visitor, fields) = try await desk.forms.read(request, context)
        let id = try host(context)
        let group = String((fields["group"] ?? "").prefix(64))
        try await desk.forms.change("host.group", of: id.text, by: visitor, detail: group) { records, _ in
            try records.set(group: group, of: id)
        }
        return Desk.done("/fleet/\(id)")
    }

    @Sendable private func hold(_ request: Request, _ context: PageContext) async throws -> Response {
        let (visitor, fields) = try await desk.forms.read(request, context)
        let id = try host(context)
        guard let reason = fields["reason"], reason.utf8.count <= 512 else { throw PageFailure.badForm }
        let level: Int?
        if let text = fields["level"] {
            guard let number = Int(text), (0...1_000_000).contains(number) else { throw PageFailure.badForm }
            level = number
        } else {
            level = nil
        }
        let build = fields["build"].flatMap { $0 == "*" ? nil : $0 }
        let (name, author) = (RandomText.name(), visitor.name)
        try await desk.forms.change("hold.added", of: id.text, by: visitor, detail: reason) { records, now in
            guard let host = try records.host(id), build == nil || host.targets.contains(where: { $0.buildID == build })
            else { throw PageFailure.badForm }
            try records.add(
                HoldRecord(
                    id: name, .host(id), buildID: build, product: nil, level: level, since: now, reason: reason,
                    author: author))
        }
        return Desk.done("/fleet/\(id)")
    }

    @Sendable private func release(_ request: Request, _ context: PageContext) async throws -> Response {
        let (visitor, fields) = try await desk.forms.read(request, context)
        let id = try host(context)
        guard let hold = fields["hold"] else { throw PageFailure.badForm }
        try await desk.forms.change("hold.removed", of: id.text, by: visitor, detail: hold) { records, _ in
            try records.removeHold(hold)
        }
        return Desk.done("/fleet/\(id)")
    }
}
