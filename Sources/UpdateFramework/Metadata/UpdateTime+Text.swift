// SPDX-License-Identifier: Apache-2.0

extension UpdateTime: CustomStringConvertible {
    /// A moment as metadata writes it, `YYYY-MM-DDTHH:MM:SSZ`; nil for any other text.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        let form = Array("dddd-dd-ddTdd:dd:ddZ".utf8)
        guard bytes.count == form.count else { return nil }
        var numbers: [Int64] = [0]
        for (byte, expected) in zip(bytes, form) {
            if expected == UInt8(ascii: "d") {
                guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
                numbers[numbers.count - 1] = numbers[numbers.count - 1] * 10 + Int64(byte - UInt8(ascii: "0"))
            } else {
                guard byte == expected else { return nil }
                numbers.append(0)
            }
        }
        let (year, month, day) = (numbers[0], numbers[1], numbers[2])
        let (hour, minute, second) = (numbers[3], numbers[4], numbers[5])
        guard year >= 1, (1...12).contains(month), day >= 1, day <= Self.days(inMonth: month, of: year) else {
            return nil
        }
        guard hour < 24, minute < 60, second < 60 else { return nil }
        let days = Self.days(before: year) + (1..<month).map { Self.days(inMonth: $0, of: year) }.reduce(0, +) + day - 1
        self.init(secondsSince1970: ((days * 24 + hour) * 60 + minute) * 60 + second)
    }

    /// The moment as metadata writes it.
    ///
    /// What is before the year 1 or after 9999 is written as the first or last moment of these, since metadata has no
    /// other.
    package var description: String {
        let day: Int64 = 86_400
        let last = Self.days(before: 10_000) * day - 1
        let seconds = min(max(secondsSince1970, Self.days(before: 1) * day), last)
        var (days, rest) = (seconds / day, seconds % day)
        if rest < 0 { (days, rest) = (days - 1, rest + day) }
        // Not far off, and never too late: no year has fewer than 365 days.
        var year = min(max(1970 + days / 366 - (days < 0 ? 2 : 0), 1), 9999)
        while Self.days(before: year + 1) <= days { year += 1 }
        while Self.days(before: year) > days { year -= 1 }
        days -= Self.days(before: year)
        var month: Int64 = 1
        while days >= Self.days(inMonth: month, of: year) {
            days -= Self.days(inMonth: month, of: year)
            month += 1
        }
        return Self.digits(year, 4) + "-" + Self.digits(month, 2) + "-" + Self.digits(days + 1, 2) + "T"
            + Self.digits(rest / 3600, 2) + ":" + Self.digits(rest / 60 % 60, 2) + ":" + Self.digits(rest % 60, 2) + "Z"
    }

    /// Days from 1970 to the first day of a year.
    private static func days(before year: Int64) -> Int64 {
        let past = year - 1
        return past * 365 + past / 4 - past / 100 + past / 400 - 719_162
    }

    private static func days(inMonth month: Int64, of year: Int64) -> Int64 {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        return switch month {
        case 2: isLeap ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    private static func digits(_ number: Int64, _ count: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, count - text.count)) + text
    }
}
