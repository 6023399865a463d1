// SPDX-License-Identifier: Apache-2.0

internal import Hummingbird
internal import UpdateFramework

/// The fields of a form (application/x-www-form-urlencoded), or of a query.
struct FormFields: Sendable {
    private var fields: [String: [String]] = [:]

    /// Reads fields; nil if the bytes are no form.
    init?(_ bytes: some Sequence<UInt8>) {
        let parts = Array(bytes).split(separator: UInt8(ascii: "&"))
        guard parts.count <= 256 else { return nil }
        for part in parts {
            let pieces = part.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            let texts = pieces.map { Self.decoded(bytes: $0) }
            guard let name = texts.first ?? nil, let value = texts.count > 1 ? texts[1] : "" else { return nil }
            fields[name, default: []].append(value)
        }
    }

    /// The fields of an address's query.
    init(query: String?) { self = FormFields((query ?? "").utf8) ?? FormFields([]) ?? FormFields() }

    private init() {}

    /// A field without spaces around it; nil where it is missing or empty.
    subscript(name: String) -> String? {
        guard let value = fields[name]?.first else { return nil }
        let trimmed = value.drop { $0.isWhitespace }
        let text = String(trimmed.reversed().drop { $0.isWhitespace }.reversed())
        return text.isEmpty ? nil : text
    }

    /// A field as it is, for passwords.
    func exactly(_ name: String) -> String? { fields[name]?.first }

    /// All values of a field.
    func all(_ name: String) -> [String] { fields[name] ?? [] }

    /// A text without its percent signs and pluses; nil if that is no UTF-8, or has control characters.
    static func decoded(_ text: some StringProtocol) -> String? { decoded(bytes: Array(text.utf8)[...]) }

    private static func decoded(bytes text: ArraySlice<UInt8>) -> String? {
        var bytes: [UInt8] = []
        var rest = text
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"): bytes.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit) else {
                    return nil
                }
                bytes.append(high << 4 | low)
            default: bytes.append(byte)
            }
        }
        guard !bytes.contains(where: { $0 < 32 && $0 != 10 && $0 != 13 && $0 != 9 }) else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        Character(UnicodeScalar(byte)).hexDigitValue.map { UInt8($0) }
    }
}
