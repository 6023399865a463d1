// SPDX-License-Identifier: Apache-2.0

internal import CivilTime
internal import Glibc
internal import ServicePolicy
internal import Synchronization

/// The time of day, as header fields write it (RFC 9110, 5.6.7), made once a second.
final class DateClock: Sendable {
    private let value: Mutex<(second: Int64, text: String)>

    init() { value = Mutex(Self.current(at: Self.seconds)) }

    /// The second and its text.
    var now: (second: Int64, text: String) {
        let second = Self.seconds
        return value.withLock { value in
            if value.second != second { value = Self.current(at: second) }
            return value
        }
    }

    /// Seconds since 1970.
    static var seconds: Int64 { Int64(time(nil)) }

    private static func current(at second: Int64) -> (second: Int64, text: String) {
        (second, HTTPDate.text(of: Moment(seconds: second)))
    }
}

/// Dates as header fields write them.
enum HTTPDate {
    /// `Sun, 06 Nov 1994 08:49:37 GMT`.
    static func text(of moment: Moment) -> String {
        let date = ZonedTime(moment, in: .universal)
        let weekday = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"][date.weekday]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let (year, month, day) = date.day.components
        return "\(weekday), \(padded(day)) \(months[month - 1]) \(padded(year, 4)) \(date.clock) GMT"
    }

    private static func padded(_ number: Int, _ count: Int = 2) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, count - text.utf8.count)) + text
    }
}
