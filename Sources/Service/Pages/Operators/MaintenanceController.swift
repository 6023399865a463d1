// SPDX-License-Identifier: Apache-2.0

internal import CivilTime
internal import Hummingbird
internal import ServicePolicy
internal import ServiceStore

/// Maintenance and designated days, as they are announced on the status page (LP-3.2-4).
struct MaintenanceController: Sendable {
    let desk: Desk

    func addRoutes(to router: Router<PageContext>) {
        router.get("/maintenance", use: show)
        router.post("/maintenance", use: announce)
        router.post("/maintenance/end", use: end)
        router.post("/maintenance/days", use: designate)
    }

    @Sendable private func show(_ request: Request, _ context: PageContext) async throws -> Response {
        let visitor = try Forms.visitor(context)
        let (windows, days) = try await desk.store.read { (try $0.maintenance(), try $0.designatedDays()) }
        let view = MaintenanceView(windows, days, visitor, context.language, desk.now)
        return desk.page(view, CommonText.maintenance.text(in: context.language), request, context)
    }

    @Sendable private func announce(_ request: Request, _ context: PageContext) async throws -> Response {
        let (visitor, fields) = try await desk.forms.read(request, context)
        guard let kind = fields["kind"].flatMap(MaintenanceWindow.Kind.init(rawValue:)),
            let starts = Desk.moment(fields["starts"]), let ends = Desk.moment(fields["ends"]), starts < ends,
            let english = fields["english"], let japanese = fields["japanese"], english.utf8.count <= 1000,
            japanese.utf8.count <= 2000
        else { throw PageFailure.badForm }
        let id = RandomText.name()
        try await desk.forms.change("maintenance.announced", of: id, by: visitor, detail: english) { records, now in
            try records.put(
                MaintenanceRecord(
                    id: id, window: MaintenanceWindow(kind, from: starts, to: ends, noticed: now),
                    text: PolicyText(english, japanese)))
        }
        return Desk.done("/maintenance")
    }

    @Sendable private func end(_ request: Request, _ context: PageContext) async throws -> Response {
        let (visitor, fields) = try await desk.forms.read(request, context)
        guard let id = fields["id"] else { throw PageFailure.badForm }
        try await desk.forms.change("maintenance.ended", of: id, by: visitor) { records, now in
            guard var record = try records.maintenance().first(where: { $0.id == id }), now < record.window.ends else {
                throw PageFailure.notFound
            }
            record.window.ends = max(record.window.starts, now)
            try records.put(record)
        }
        return Desk.done("/maintenance")
    }

    @Sendable private func designate(_ request: Request, _ context: PageContext) async throws -> Response {
        let (visitor, fields) = try await desk.forms.read(request, context)
        guard let day = fields["day"].flatMap({ CalendarDay($0) }) else { throw PageFailure.badForm }
        let note = String((fields["note"] ?? "").prefix(200))
        try await desk.forms.change("day.designated", of: "\(day)", by: visitor, detail: note) { records, _ in
            try records.put(DesignatedDay(day, note: note))
        }
        return Desk.done("/maintenance")
    }
}

/// What is announced.
struct MaintenanceView: PageView {
    static let template = "maintenance"

    /// A window.
    struct Window: Sendable {
        var id: String
        var starts: String
        var ends: String
        var kind: String
        var kindTag: String
        var isNow: Bool
        var isOpen: Bool
        var isUnannounced: Bool
        var text: String
    }

    /// A designated day.
    struct Day: Sendable {
        var day: String
        var note: String
    }

    let windows: [Window]
    let hasWindows: Bool
    let days: [Day]
    let csrf: String
    let mayChange: Bool

    init(
        _ records: [MaintenanceRecord], _ days: [DesignatedDay], _ visitor: Visitor, _ language: PageLanguage,
        _ now: Moment
    ) {
        windows = records.reversed().map { record in
            let window = record.window
            return Window(
                id: record.id, starts: Desk.time(window.starts), ends: Desk.time(window.ends),
                kind: window.kind.text.text(in: language), kindTag: window.kind == .emergency ? "bad" : "thread",
                isNow: window.starts <= now && now < window.ends, isOpen: now < window.ends,
                isUnannounced: window.isUnannounced, text: language.text(record.text))
        }
        hasWindows = !windows.isEmpty
        self.days = days.map { Day(day: "\($0.day)", note: $0.note) }
        csrf = visitor.csrf
        mayChange = visitor.role >= .operator
    }
}
