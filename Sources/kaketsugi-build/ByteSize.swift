// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// A number of bytes as people write it: `500M`, `20G`.
struct ByteSize: Equatable, ExpressibleByArgument, CustomStringConvertible {
    var count: UInt64

    private static let units: [(letter: Character, size: UInt64)] = [
        ("T", 1 << 40), ("G", 1 << 30), ("M", 1 << 20), ("K", 1 << 10),
    ]

    init(count: UInt64) { self.count = count }

    init?(argument: String) {
        let unit = Self.units.first { argument.uppercased().hasSuffix(String($0.letter)) }
        guard let number = UInt64(unit == nil ? argument[...] : argument.dropLast()) else { return nil }
        let (count, overflow) = number.multipliedReportingOverflow(by: unit?.size ?? 1)
        guard !overflow else { return nil }
        self.count = count
    }

    var defaultValueDescription: String { description }

    /// At most four digits and a unit, rounded down.
    var description: String {
        for (letter, size) in Self.units where count >= size {
            let tenths = (count % size) / (size / 10)
            return count / size < 10 && tenths > 0
                ? "\(count / size).\(min(tenths, 9))\(letter)" : "\(count / size)\(letter)"
        }
        return "\(count)"
    }
}
