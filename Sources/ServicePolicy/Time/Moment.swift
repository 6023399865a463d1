// SPDX-License-Identifier: Apache-2.0

package import CivilTime

/// A moment in whole seconds of UTC; the room never asks a clock.
package struct Moment: Hashable, Comparable, Sendable, Codable {
    /// Seconds since 1970-01-01T00:00:00Z.
    package var seconds: Int64

    /// A moment.
    package init(seconds: Int64) { self.seconds = seconds }

    /// The seconds of a day.
    static let day: Int64 = 86_400
    /// Japan's clocks are nine hours ahead, the year round.
    private static let tokyo: Int64 = 9 * 3600

    /// The first moment of a day in Asia/Tokyo.
    package init(startOf day: CalendarDay) { seconds = Int64(day.number) * Self.day - Self.tokyo }

    /// The day that it is in Asia/Tokyo then.
    package var dayInTokyo: CalendarDay {
        let (local, overflow) = seconds.addingReportingOverflow(Self.tokyo)
        guard !overflow else { return CalendarDay(number: .max) }
        let days = local / Self.day
        return CalendarDay(number: Int(local % Self.day < 0 ? days - 1 : days))
    }

    /// A later moment, or the last there is.
    package func adding(days: Int64) -> Moment {
        let (length, tooLong) = days.multipliedReportingOverflow(by: Self.day)
        let (sum, tooLate) = seconds.addingReportingOverflow(length)
        return Moment(seconds: tooLong || tooLate ? (days < 0 ? .min : .max) : sum)
    }

    /// Whether one is before another.
    package static func < (one: Self, other: Self) -> Bool { one.seconds < other.seconds }
}
