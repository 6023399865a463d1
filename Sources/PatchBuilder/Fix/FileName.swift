// SPDX-License-Identifier: Apache-2.0

/// The file name of a `---` or `+++` line.
enum FileName {
    /// The name without the time stamp that follows a tab; nil if it is quoted, as git does, and not well.
    static func parse(_ field: ArraySlice<UInt8>) -> String? {
        if field.first == 0x22 { return unquote(field.dropFirst()) }
        let name = field.prefix { $0 != 0x09 }
        return name.isEmpty ? nil : String(decoding: name, as: UTF8.self)
    }

    private static let escapes: [UInt8: UInt8] = [
        0x61: 0x07, 0x62: 0x08, 0x74: 0x09, 0x6E: 0x0A, 0x76: 0x0B, 0x66: 0x0C, 0x72: 0x0D, 0x22: 0x22, 0x5C: 0x5C,
    ]

    private static func unquote(_ field: ArraySlice<UInt8>) -> String? {
        var name: [UInt8] = []
        var rest = field
        while let byte = rest.popFirst() {
            if byte == 0x22 { return name.isEmpty ? nil : String(decoding: name, as: UTF8.self) }
            guard byte == 0x5C else {
                name.append(byte)
                continue
            }
            guard let next = rest.popFirst() else { return nil }
            if let escaped = escapes[next] {
                name.append(escaped)
            } else {
                let digits = [next] + rest.prefix(2)
                guard digits.count == 3, let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 8) else {
                    return nil
                }
                rest = rest.dropFirst(2)
                name.append(value)
            }
        }
        return nil
    }
}
