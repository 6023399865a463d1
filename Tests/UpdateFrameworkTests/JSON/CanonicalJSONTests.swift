// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import UpdateFramework

/// The form that gets signed.
@Suite struct CanonicalJSONTests {
    @Test(arguments: [
        (#"{ "b" : 1 , "a" : [ true, null, "x" ] }"#, #"{"a":[true,null,"x"],"b":1}"#),
        (#""\"\\\/\n\u0001é""#, "\"\\\"\\\\/\n\u{1}é\""),
        // The order is that of code points: upper case first, and U+FFFF before U+10000, unlike in UTF-16.
        (
            #"{"a":1,"B":2,"\uffff":3,"\ud800\udc00":4,"":5,"aa":6}"#,
            "{\"\":5,\"B\":2,\"a\":1,\"aa\":6,\"\u{ffff}\":3,\"\u{10000}\":4}"
        ),
        ("-0", "0"), ("[]", "[]"), ("{}", "{}"), ("-7", "-7"),
    ])
    func `a document has one form`(json: String, canonical: String) throws {
        let value = try JSONValue(parsing: Array(json.utf8))
        #expect(String(decoding: value.canonicalBytes, as: UTF8.self) == canonical)
    }

    @Test func `what is written is read as the same`() throws {
        var random = SeededGenerator(seed: SeededGenerator.seed)
        for _ in 0..<500 {
            let value = Self.random(depth: 4, using: &random)
            let again = try JSONValue(parsing: value.text)
            #expect(again == value)
            #expect(again.canonicalBytes == value.canonicalBytes)
        }
    }

    static func random(depth: Int, using random: inout SeededGenerator) -> JSONValue {
        switch Int.random(in: 0..<(depth > 0 ? 6 : 4), using: &random) {
        case 0: return .null
        case 1: return .boolean(.random(using: &random))
        case 2: return .integer(.random(in: -.max ... .max, using: &random))
        case 3: return .string(text(using: &random))
        case 4:
            return .array(
                (0..<Int.random(in: 0..<5, using: &random)).map { _ in self.random(depth: depth - 1, using: &random) })
        default:
            var object = JSONObject()
            for _ in 0..<Int.random(in: 0..<5, using: &random) {
                object[text(using: &random)] = self.random(depth: depth - 1, using: &random)
            }
            return .object(object)
        }
    }

    static func text(using random: inout SeededGenerator) -> String {
        let characters: [Character] = [
            "a", "Z", "\"", "\\", "\n", "\0", "/", "é", "\u{301}", "😀", "\u{ffff}", "\u{7f}", "1", ".",
        ]
        return String(
            (0..<Int.random(in: 0..<8, using: &random)).compactMap { _ in characters.randomElement(using: &random) })
    }
}
