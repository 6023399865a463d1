// SPDX-License-Identifier: Apache-2.0

import JSON
import TestSupport
import Testing

/// Reading JSON from foreign bytes.
@Suite struct JSONParsingTests {
    @Test func `a document of every kind of value is read`() throws {
        let text =
            #" {"b": [1, -2, true, false, null, "x"], "a": {}, "n": 9223372036854775807, "m": -9223372036854775807} "#
        let expected: JSONObject = [
            "a": .object([:]),
            "b": .array([.integer(1), .integer(-2), .boolean(true), .boolean(false), .null, .string("x")]),
            "n": .integer(.max), "m": .integer(-.max),
        ]
        #expect(try JSONValue(parsing: Array(text.utf8)) == .object(expected))
    }

    @Test(arguments: [
        (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{c}\n\r\t"), (#""\u00e9\u20AC""#, "é€"), (#""\ud83d\ude00""#, "😀"),
        (#""é€😀""#, "é€😀"), (#""\u0000""#, "\0"), ("\"\"", ""),
    ])
    func `escapes in text are read`(json: String, expected: String) throws {
        #expect(try JSONValue(parsing: Array(json.utf8)) == .string(expected))
    }

    @Test(arguments: [
        ("", JSONFault.Reason.unexpectedEnd, 0), ("[1", .unexpectedEnd, 2), ("{\"a\":1", .unexpectedEnd, 6),
        ("\"a", .unexpectedEnd, 2), ("-", .unexpectedEnd, 1), ("tru", .unexpectedEnd, 3), ("trux", .unexpectedByte, 3),
        ("[1,]", .unexpectedByte, 3), ("{\"a\":1,}", .unexpectedByte, 7), ("{a:1}", .unexpectedByte, 1),
        ("[1 2]", .unexpectedByte, 3), ("01", .unexpectedByte, 0), ("-01", .unexpectedByte, 1),
        ("+1", .unexpectedByte, 0),
        ("NaN", .unexpectedByte, 0), ("1 1", .trailingBytes, 2), ("\u{feff}1", .unexpectedByte, 0),
        ("1.0", .notWhole, 1), ("1e3", .notWhole, 1), ("9223372036854775808", .numberOutOfRange, 19),
        ("-9223372036854775809", .numberOutOfRange, 19), ("99999999999999999999999", .numberOutOfRange, 18),
        ("\"\n\"", .controlInText, 1), (#""\x""#, .badEscape, 3), (#""\u12g4""#, .badEscape, 5),
        (#""\ud83d""#, .notUnicode, 7), (#""\ude00""#, .notUnicode, 7), (#""\ud83d\u0041""#, .notUnicode, 13),
        (#"{"a":1,"a":2}"#, .duplicateName, 0), (#"{"a":1,"b":{"\u0061":1,"a":2}}"#, .duplicateName, 11),
    ])
    func `a fault is refused with its place`(json: String, reason: JSONFault.Reason, offset: Int) {
        #expect(throws: JSONFault(reason: reason, offset: offset)) { try JSONValue(parsing: Array(json.utf8)) }
    }

    @Test func `bytes that are no UTF-8 are refused`() {
        for bytes in [[0xff], [0xc3], [0xed, 0xa0, 0x80], [0xc0, 0xaf], [0xf5, 0x80, 0x80, 0x80]] as [[UInt8]] {
            #expect(throws: JSONFault(reason: .notUnicode, offset: 0)) {
                try JSONValue(parsing: [0x22] + bytes + [0x22])
            }
        }
    }

    @Test func `depth and number of values have bounds`() throws {
        func nested(_ depth: Int) -> [UInt8] {
            Array((String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).utf8)
        }
        _ = try JSONValue(parsing: nested(64))
        #expect(throws: JSONFault(reason: .tooDeep, offset: 64)) { try JSONValue(parsing: nested(65)) }
        #expect(throws: JSONFault(reason: .tooDeep, offset: 64)) { try JSONValue(parsing: nested(1_000_000)) }
        var limits = JSONValue.Limits()
        limits.values = 4
        _ = try JSONValue(parsing: Array("[1,2,3]".utf8), limits: limits)
        #expect(throws: JSONFault(reason: .tooManyValues, offset: 7)) {
            try JSONValue(parsing: Array("[1,2,3,4]".utf8), limits: limits)
        }
    }

    @Test func `two spellings of one letter are two names`() throws {
        let value = try JSONValue(parsing: Array("{\"e\u{301}\":1,\"\u{e9}\":2}".utf8))
        guard case .object(let object) = value else { throw CommandFailure(description: "no object") }
        #expect(object.members.count == 2)
        #expect(object["\u{e9}"] == .integer(2))
        #expect(object["e\u{301}"] == .integer(1))
    }

    @Test func `an object keeps its order when members change`() {
        var object: JSONObject = ["b": .integer(1), "d": .integer(2)]
        object["a"] = .null
        object["c"] = .null
        object["b"] = nil
        object["x"] = nil
        object["d"] = .integer(3)
        #expect(object.members.map(\.name) == ["a", "c", "d"])
        #expect(object["d"] == .integer(3))
    }
}
