// SPDX-License-Identifier: Apache-2.0

extension MemoryMap {
    /// The mappings that the bytes of a `/proc/PID/maps` tell; see proc_pid_maps(5).
    ///
    /// A line that is none, or that does not ascend, is left out: the kernel writes none, and a map that lacks a line
    /// can only make its user refuse.
    package init(parsing bytes: [UInt8]) {
        var mappings: [Mapping] = []
        mappings.reserveCapacity(bytes.count / 64)
        var end = RemoteAddress(0)
        var start = 0
        while start < bytes.count {
            let newline = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
            if let mapping = Mapping(parsing: bytes[start..<newline]), mapping.range.lowerBound >= end {
                end = mapping.range.upperBound
                mappings.append(mapping)
            }
            start = newline + 1
        }
        self.init(mappings: mappings)
    }
}

extension Mapping {
    /// The mapping that one line tells, without its newline, or nil if it is no such line.
    init?(parsing line: ArraySlice<UInt8>) {
        var rest = line
        guard let low = rest.takeNumber(radix: 16), rest.take(UInt8(ascii: "-")),
            let high = rest.takeNumber(radix: 16), low < high, rest.take(UInt8(ascii: " ")),
            let permissions = rest.takePermissions(), rest.take(UInt8(ascii: " ")),
            let offset = rest.takeNumber(radix: 16), rest.take(UInt8(ascii: " ")),
            let major = rest.takeNumber(radix: 16), rest.take(UInt8(ascii: ":")),
            let minor = rest.takeNumber(radix: 16), rest.take(UInt8(ascii: " ")),
            let inode = rest.takeNumber(radix: 10),
            let major = UInt32(exactly: major), let minor = UInt32(exactly: minor)
        else { return nil }
        self.init(
            range: RemoteAddress(low)..<RemoteAddress(high), permissions: permissions, offset: offset,
            file: File(major: major, minor: minor, inode: inode),
            // The name is padded to a column; it may itself hold spaces, and bytes that are no UTF-8.
            name: String(decoding: rest.drop { $0 == UInt8(ascii: " ") }, as: UTF8.self))
    }
}

extension ArraySlice<UInt8> {
    /// Drops the first byte if it is the one asked for.
    fileprivate mutating func take(_ byte: UInt8) -> Bool {
        guard first == byte else { return false }
        removeFirst()
        return true
    }

    /// Drops a number of at least one digit that fits 64 bits.
    fileprivate mutating func takeNumber(radix: UInt64) -> UInt64? {
        var value: UInt64 = 0
        var index = startIndex
        while index < endIndex, let digit = Self.digit(self[index]), digit < radix {
            let (product, overflowed) = value.multipliedReportingOverflow(by: radix)
            let (sum, carried) = product.addingReportingOverflow(digit)
            guard !overflowed, !carried else { return nil }
            value = sum
            index += 1
        }
        guard index > startIndex else { return nil }
        self = self[index...]
        return value
    }

    /// Drops four letters such as `r-xp`.
    fileprivate mutating func takePermissions() -> Mapping.Permissions? {
        guard count >= 4 else { return nil }
        var permissions: Mapping.Permissions = []
        let letters: [(UInt8, Mapping.Permissions)] = [
            (UInt8(ascii: "r"), .read), (UInt8(ascii: "w"), .write), (UInt8(ascii: "x"), .execute),
        ]
        for (letter, permission) in letters {
            let byte = removeFirst()
            if byte == letter { permissions.insert(permission) } else if byte != UInt8(ascii: "-") { return nil }
        }
        switch removeFirst() {
        case UInt8(ascii: "p"): return permissions
        case UInt8(ascii: "s"): return permissions.union(.shared)
        default: return nil
        }
    }

    private static func digit(_ byte: UInt8) -> UInt64? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt64(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt64(byte - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt64(byte - UInt8(ascii: "A") + 10)
        default: nil
        }
    }
}
