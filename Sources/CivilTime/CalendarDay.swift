// SPDX-License-Identifier: Apache-2.0

/// A day of the Gregorian calendar, from year 1 to 9999.
package struct CalendarDay: Hashable, Sendable {
    /// Days since 1970-01-01.
    package let number: Int

    /// The first and the last day there are.
    package static let numbers = before(year: 1)...before(year: 10_000) - 1

    /// A day by its number; one that is beyond the calendar is its first or last day.
    package init(number: Int) { self.number = min(max(number, Self.numbers.lowerBound), Self.numbers.upperBound) }

    /// A day; nil if there is none.
    package init?(year: Int, month: Int, day: Int) {
        guard (1...9999).contains(year), (1...12).contains(month), day >= 1,
            day <= Self.days(inMonth: month, of: year)
        else { return nil }
        number =
            Self.before(year: year) + (1..<month).reduce(0) { $0 + Self.days(inMonth: $1, of: year) } + day - 1
    }

    /// Year, month and day.
    package var components: (year: Int, month: Int, day: Int) {
        // Not far off, and never too late: no year has more than 366 days.
        var year = min(max(1970 + number / 366 - (number < 0 ? 1 : 0), 1), 9999)
        while year < 9999, Self.before(year: year + 1) <= number { year += 1 }
        while year > 1, Self.before(year: year) > number { year -= 1 }
        var rest = number - Self.before(year: year)
        var month = 1
        while rest >= Self.days(inMonth: month, of: year) {
            rest -= Self.days(inMonth: month, of: year)
            month += 1
        }
        return (year, month, rest + 1)
    }

    /// A day before or after.
    package func adding(days: Int) -> CalendarDay {
        let (sum, overflow) = number.addingReportingOverflow(days)
        return CalendarDay(number: overflow ? (days < 0 ? .min : .max) : sum)
    }

    /// The last day of a year that begins on this one: the day before the same day of the next year.
    ///
    /// A year that begins on 29 February ends on 28 February.
    package var lastDayOfYear: CalendarDay {
        let (year, month, day) = components
        guard let same = CalendarDay(year: year + 1, month: month, day: day) else {
            return CalendarDay(year: year + 1, month: 2, day: 28) ?? CalendarDay(number: .max)
        }
        return same.adding(days: -1)
    }

    private static func before(year: Int) -> Int {
        let past = year - 1
        return past * 365 + past / 4 - past / 100 + past / 400 - 719_162
    }

    private static func days(inMonth month: Int, of year: Int) -> Int {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        return switch month {
        case 2: isLeap ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

extension CalendarDay: Comparable, CustomStringConvertible {
    /// Whether a day is before another.
    package static func < (one: Self, other: Self) -> Bool { one.number < other.number }

    /// The day as `YYYY-MM-DD` (ISO 8601); nil for any other text.
    package init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.utf8.count) == [4, 2, 2] else { return nil }
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        let numbers = parts.compactMap { $0.utf8.allSatisfy { digits.contains($0) } ? Int($0) : nil }
        guard numbers.count == 3 else { return nil }
        self.init(year: numbers[0], month: numbers[1], day: numbers[2])
    }

    /// `YYYY-MM-DD`.
    package var description: String {
        func padded(_ number: Int, _ count: Int) -> String {
            let text = String(number)
            return String(repeating: "0", count: max(0, count - text.utf8.count)) + text
        }
        let (year, month, day) = components
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
    }
}

extension CalendarDay: Codable {
    /// Reads `YYYY-MM-DD`.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let day = CalendarDay(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(text) is no day")
        }
        self = day
    }

    /// Writes `YYYY-MM-DD`.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
