// SPDX-License-Identifier: Apache-2.0

internal import CivilTime
internal import ServicePolicy

/// A moment on the clock of a zone, for people.
struct ZonedTime: Hashable, Sendable {
    /// The zones that pages speak of.
    enum Zone: Hashable, Sendable {
        /// UTC.
        case universal
        /// Japan, whose clocks are nine hours ahead the year round.
        case tokyo

        fileprivate var offset: Int64 { self == .tokyo ? 9 * 3600 : 0 }
        /// How it is written.
        var name: String { self == .tokyo ? "JST" : "UTC" }
    }

    /// The day.
    let day: CalendarDay
    /// 0 is Sunday.
    let weekday: Int
    private let secondOfDay: Int64
    private let zone: Zone

    init(_ moment: Moment, in zone: Zone) {
        let (local, overflow) = moment.seconds.addingReportingOverflow(zone.offset)
        let seconds = overflow ? moment.seconds : local
        var (days, rest) = (seconds / 86_400, seconds % 86_400)
        if rest < 0 { (days, rest) = (days - 1, rest + 86_400) }
        day = CalendarDay(number: Int(days))
        // 1970-01-01 was a Thursday.
        weekday = Int(((days % 7) + 11) % 7)
        secondOfDay = rest
        self.zone = zone
    }

    /// `09:30:00`.
    var clock: String {
        [secondOfDay / 3600, secondOfDay / 60 % 60, secondOfDay % 60].map { ($0 < 10 ? "0" : "") + String($0) }
            .joined(separator: ":")
    }

    /// `2026-11-21 18:30 JST`.
    var text: String { "\(day) \(clock.prefix(5)) \(zone.name)" }
}
