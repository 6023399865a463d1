// SPDX-License-Identifier: Apache-2.0

internal import CivilTime
internal import ServicePolicy
internal import ServiceStore
internal import UpdateFramework

/// How the service is, was and will be (LP-3.2-4).
struct StatusView: PageView {
    static let template = "status"

    /// A maintenance window.
    struct Window: Sendable {
        var starts: String
        var ends: String
        var kind: String
        var kindTag: String
        var isNow: Bool
        var isUnannounced: Bool
        var text: String
    }

    /// A share of the time.
    struct Share: Sendable {
        var figure: String
        var label: String
    }

    /// A designated day.
    struct Day: Sendable {
        var day: String
        var note: String
    }

    /// What is signed.
    struct Role: Sendable {
        var name: String
        var version: Int64
        var expires: String
        var state: String
        var kind: String
    }

    let state: ServiceStateView
    let availability: [Share]
    let windows: [Window]
    let hasWindows: Bool
    let days: [Day]
    let roles: [Role]

    init(
        _ repository: RepositoryState, _ timetable: Timetable, at now: Moment, in language: PageLanguage
    ) async throws {
        let all = try await timetable.windows(since: now.adding(days: -90))
        let designated = try await timetable.designatedDays()
        let outages = try await timetable.outages(since: now.adding(days: -90))
        let began = try await timetable.began()
        state = ServiceStateView(repository, windows: all, at: now, in: language)
        windows = all.map { Window($0, at: now, in: language) }
        hasWindows = !windows.isEmpty
        let today = now.dayInTokyo
        days = designated.filter { $0.day >= today }.map { Day(day: "\($0.day)", note: $0.note) }
        availability = [7, 30, 90].map { days in
            // What was before the service began is no merit of it.
            let start = max(now.adding(days: Int64(-days)), began ?? now)
            let period = min(start, now)..<now
            let share = Availability(
                of: period, designated: designated.map(\.day), windows: all.map(\.window), outages: outages)
            return Share(
                figure: share.perHundredThousand.map(Self.percentage) ?? "–",
                label: language == .japanese ? "直近 \(days) 日間の稼働率" : "there in the last \(days) days")
        }
        roles = (repository.expiries(at: now)?.entries ?? []).map { entry in
            let (text, kind): (PublicText, String) =
                switch entry.state {
                case .good: (.good, "good")
                case .soon: (.soon, "warn")
                case .expired: (.expired, "bad")
                }
            return Role(
                name: entry.role.text, version: entry.version,
                expires: ZonedTime(Moment(seconds: entry.expires.secondsSince1970), in: .tokyo).text,
                state: text.text(in: language), kind: kind)
        }
    }

    /// Hundred-thousandths as a percentage.
    private static func percentage(_ share: Int64) -> String {
        let (whole, rest) = share.quotientAndRemainder(dividingBy: 1000)
        let digits = String(1000 + rest).dropFirst()
        return "\(whole).\(digits) %"
    }
}

extension StatusView.Window {
    fileprivate init(_ window: MaintenanceRecord, at now: Moment, in language: PageLanguage) {
        starts = ZonedTime(window.window.starts, in: .tokyo).text
        ends = ZonedTime(window.window.ends, in: .tokyo).text
        kind = window.window.kind.text.text(in: language)
        kindTag = window.window.kind == .emergency ? "bad" : "thread"
        isNow = window.window.starts <= now && now < window.window.ends
        isUnannounced = window.window.isUnannounced
        text = language.text(window.text)
    }
}

extension MaintenanceWindow.Kind {
    /// What it is called.
    var text: PublicText {
        switch self {
        case .planned: .planned
        case .emergency: .emergency
        }
    }
}
