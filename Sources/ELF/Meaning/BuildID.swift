// SPDX-License-Identifier: Apache-2.0

/// The identity that the linker gave a program or library: equal build IDs, equal code.
package struct BuildID: Hashable, Sendable {
    /// The identity's bytes; 20 with the usual SHA-1.
    package let bytes: [UInt8]

    /// Wraps the bytes of an identity.
    package init(bytes: some Sequence<UInt8>) {
        self.bytes = Array(bytes)
    }

    /// Reads hexadecimal digits of either case, two for each byte; nil if there is none or anything else.
    package init?(hexadecimal text: some StringProtocol) {
        let digits = Array(text.utf8)
        guard !digits.isEmpty, digits.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        for position in stride(from: 0, to: digits.count, by: 2) {
            guard let high = Self.value(ofDigit: digits[position]), let low = Self.value(ofDigit: digits[position + 1])
            else { return nil }
            bytes.append(high << 4 | low)
        }
        self.bytes = bytes
    }

    private static func value(ofDigit digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

extension BuildID: CustomStringConvertible {
    /// The identity in lower-case hexadecimal digits, as every tool writes it.
    package var description: String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 0xf)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}

extension BuildID: Codable {
    /// Reads a hexadecimal string.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let identity = BuildID(hexadecimal: try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "a build ID is hexadecimal digits")
        }
        self = identity
    }

    /// Writes a hexadecimal string.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
