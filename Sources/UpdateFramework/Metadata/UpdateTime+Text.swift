// SPDX-License-Identifier: Apache-2.0

internal import CivilTime

extension UpdateTime: CustomStringConvertible {
    /// A moment as metadata writes it, `YYYY-MM-DDTHH:MM:SSZ`; nil for any other text.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        let form = Array("dddd-dd-ddTdd:dd:ddZ".utf8)
        guard bytes.count == form.count else { return nil }
        var numbers = [0]
        for (byte, expected) in zip(bytes, form) {
            if expected == UInt8(ascii: "d") {
                guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
                numbers[numbers.count - 1] = numbers[numbers.count - 1] * 10 + Int(byte - UInt8(ascii: "0"))
            } else {
                guard byte == expected else { return nil }
                numbers.append(0)
            }
        }
        let (hour, minute, second) = (numbers[3], numbers[4], numbers[5])
        guard let day = CalendarDay(year: numbers[0], month: numbers[1], day: numbers[2]), hour < 24, minute < 60,
            second < 60
        else { return nil }
        self.init(secondsSince1970: Int64(((day.number * 24 + hour) * 60 + minute) * 60 + second))
    }

    /// The moment as metadata writes it.
    ///
    /// What is before the year 1 or after 9999 is written as the first or last moment of these, since metadata has no
    /// other.
    package var description: String {
        let day: Int64 = 86_400
        let (first, last) = (Int64(CalendarDay.numbers.lowerBound), Int64(CalendarDay.numbers.upperBound))
        let seconds = min(max(secondsSince1970, first * day), (last + 1) * day - 1)
        var (days, rest) = (seconds / day, seconds % day)
        if rest < 0 { (days, rest) = (days - 1, rest + day) }
        let time = [rest / 3600, rest / 60 % 60, rest % 60].map { ($0 < 10 ? "0" : "") + String($0) }
        return "\(CalendarDay(number: Int(days)))T" + time.joined(separator: ":") + "Z"
    }
}
