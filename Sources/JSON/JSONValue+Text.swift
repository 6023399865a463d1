// SPDX-License-Identifier: Apache-2.0

extension JSONValue {
    /// The value as JSON for files: indented by one space a level, members in canonical order.
    ///
    /// What is signed is never this text but the canonical form of the value that it is read as.
    package var text: [UInt8] {
        var bytes: [UInt8] = []
        write(to: &bytes, level: 0)
        bytes.append(UInt8(ascii: "\n"))
        return bytes
    }

    /// The same without any white space, for files that every host fetches.
    package var compactText: [UInt8] {
        var bytes: [UInt8] = []
        writeCompactly(to: &bytes)
        return bytes
    }

    private func writeCompactly(to bytes: inout [UInt8]) {
        switch self {
        case .null, .boolean, .integer: bytes += canonicalBytes
        case .string(let text): Self.write(text, to: &bytes)
        case .array(let values):
            bytes.append(UInt8(ascii: "["))
            for (index, value) in values.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                value.writeCompactly(to: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let object):
            bytes.append(UInt8(ascii: "{"))
            for (index, member) in object.members.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                Self.write(member.name, to: &bytes)
                bytes.append(UInt8(ascii: ":"))
                member.value.writeCompactly(to: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    private func write(to bytes: inout [UInt8], level: Int) {
        switch self {
        case .null, .boolean, .integer: bytes += canonicalBytes
        case .string(let text): Self.write(text, to: &bytes)
        case .array(let values):
            Self.writeList("[", "]", values, to: &bytes, level: level) { $0.write(to: &$1, level: level + 1) }
        case .object(let object):
            Self.writeList("{", "}", object.members, to: &bytes, level: level) { member, bytes in
                Self.write(member.name, to: &bytes)
                bytes += ": ".utf8
                member.value.write(to: &bytes, level: level + 1)
            }
        }
    }

    private static func writeList<Element>(
        _ opening: String, _ closing: String, _ elements: [Element], to bytes: inout [UInt8], level: Int,
        _ write: (Element, inout [UInt8]) -> Void
    ) {
        bytes += opening.utf8
        for (index, element) in elements.enumerated() {
            bytes += (index > 0 ? ",\n" : "\n").utf8
            bytes += repeatElement(UInt8(ascii: " "), count: level + 1)
            write(element, &bytes)
        }
        if !elements.isEmpty {
            bytes.append(UInt8(ascii: "\n"))
            bytes += repeatElement(UInt8(ascii: " "), count: level)
        }
        bytes += closing.utf8
    }

    private static func write(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        defer { bytes.append(UInt8(ascii: "\"")) }
        // Most texts stand as they are.
        guard text.utf8.contains(where: { $0 < 0x20 || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }) else {
            bytes += text.utf8
            return
        }
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
            case 0..<0x20:
                // RFC 8259, 7: controls must be escaped.
                let digits = String(byte, radix: 16)
                bytes += ("\\u" + String(repeating: "0", count: 4 - digits.count) + digits).utf8
            default: bytes.append(byte)
            }
        }
    }
}
