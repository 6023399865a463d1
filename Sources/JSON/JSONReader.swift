// SPDX-License-Identifier: Apache-2.0

/// A place in a JSON document, and the recursive descent from it.
struct JSONReader: ~Escapable {
    private let bytes: Span<UInt8>
    private var position = 0
    private var valuesLeft: Int

    @_lifetime(copy bytes)
    init(_ bytes: Span<UInt8>, values: Int) {
        self.bytes = bytes
        valuesLeft = values
    }

    var isAtEnd: Bool { position == bytes.count }

    func fault(_ reason: JSONFault.Reason) -> JSONFault { JSONFault(reason: reason, offset: position) }

    mutating func skipSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0a, 0x0d: position += 1
            default: return
            }
        }
    }

    mutating func value(depth: Int) throws(JSONFault) -> JSONValue {
        skipSpace()
        guard depth > 0 else { throw fault(.tooDeep) }
        guard valuesLeft > 0 else { throw fault(.tooManyValues) }
        valuesLeft -= 1
        switch try peek() {
        case UInt8(ascii: "{"): return .object(try object(depth: depth - 1))
        case UInt8(ascii: "["): return .array(try array(depth: depth - 1))
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .boolean(true))
        case UInt8(ascii: "f"): return try word("false", .boolean(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return .integer(try integer())
        }
    }

    private func peek() throws(JSONFault) -> UInt8 {
        guard position < bytes.count else { throw fault(.unexpectedEnd) }
        return bytes[position]
    }

    /// Goes past a byte if it is the next one.
    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func expect(_ character: Unicode.Scalar) throws(JSONFault) {
        skipSpace()
        guard take(character) else { throw fault(isAtEnd ? .unexpectedEnd : .unexpectedByte) }
    }

    private mutating func word(_ word: StaticString, _ value: JSONValue) throws(JSONFault) -> JSONValue {
        for byte in word.description.utf8 {
            guard try peek() == byte else { throw fault(.unexpectedByte) }
            position += 1
        }
        return value
    }

    private mutating func array(depth: Int) throws(JSONFault) -> [JSONValue] {
        position += 1
        var values: [JSONValue] = []
        skipSpace()
        if take("]") { return values }
        while true {
            values.append(try value(depth: depth))
            skipSpace()
            if take("]") { return values }
            try expect(",")
        }
    }

    private mutating func object(depth: Int) throws(JSONFault) -> JSONObject {
        let start = position
        position += 1
        var members: [JSONObject.Member] = []
        skipSpace()
        if take("}") { return JSONObject() }
        while true {
            skipSpace()
            guard try peek() == UInt8(ascii: "\"") else { throw fault(.unexpectedByte) }
            let name = try string()
            try expect(":")
            members.append(JSONObject.Member(name: name, value: try value(depth: depth)))
            skipSpace()
            if take("}") { break }
            try expect(",")
        }
        guard let object = JSONObject(members) else { throw JSONFault(reason: .duplicateName, offset: start) }
        return object
    }

    private mutating func integer() throws(JSONFault) -> Int64 {
        let negative = take("-")
        let start = position
        var value: Int64 = 0
        while position < bytes.count, let digit = Self.digit(bytes[position]) {
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            // Counted downwards, since the negative range holds one number more.
            let (sum, overflowOfSum) = product.subtractingReportingOverflow(Int64(digit))
            guard !overflow, !overflowOfSum else { throw fault(.numberOutOfRange) }
            value = sum
            position += 1
        }
        guard position > start else { throw fault(isAtEnd ? .unexpectedEnd : .unexpectedByte) }
        // RFC 8259, 6: no number but 0 begins with 0.
        guard bytes[start] != UInt8(ascii: "0") || position == start + 1 else {
            throw JSONFault(reason: .unexpectedByte, offset: start)
        }
        if position < bytes.count, [UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E")].contains(bytes[position]) {
            throw fault(.notWhole)
        }
        guard !negative else { return value }
        guard value != .min else { throw fault(.numberOutOfRange) }
        return -value
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") ? byte &- UInt8(ascii: "0") : nil
    }
}

extension JSONReader {
    private mutating func string() throws(JSONFault) -> String {
        let start = position
        position += 1
        var text: [UInt8] = []
        while true {
            let byte = try peek()
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                guard let string = String(validating: text, as: UTF8.self) else {
                    throw JSONFault(reason: .notUnicode, offset: start)
                }
                return string
            case UInt8(ascii: "\\"):
                position += 1
                try escape(into: &text)
            case 0..<0x20: throw fault(.controlInText)
            default:
                text.append(byte)
                position += 1
            }
        }
    }

    private mutating func escape(into text: inout [UInt8]) throws(JSONFault) {
        let byte = try peek()
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0c)
        case UInt8(ascii: "n"): text.append(0x0a)
        case UInt8(ascii: "r"): text.append(0x0d)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"): text += String(Character(try escapedScalar())).utf8
        default: throw fault(.badEscape)
        }
    }

    /// A character written as one or two groups of four hexadecimal digits.
    private mutating func escapedScalar() throws(JSONFault) -> Unicode.Scalar {
        let first = try fourDigits()
        if let scalar = Unicode.Scalar(first) { return scalar }
        // Only surrogates are no scalars; a high one must be followed by a low one.
        guard first < 0xdc00, take("\\"), take("u") else { throw fault(.notUnicode) }
        let second = try fourDigits()
        guard (0xdc00..<0xe000).contains(second),
            let scalar = Unicode.Scalar(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00))
        else { throw fault(.notUnicode) }
        return scalar
    }

    private mutating func fourDigits() throws(JSONFault) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = Character(Unicode.Scalar(try peek())).hexDigitValue else { throw fault(.badEscape) }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }
}
