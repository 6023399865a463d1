// SPDX-License-Identifier: Apache-2.0

import JSON
import TestSupport
import Testing

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
            let value = JSONValue.random(depth: 4, using: &random)
            let again = try JSONValue(parsing: value.text)
            #expect(again == value)
            #expect(again.canonicalBytes == value.canonicalBytes)
        }
    }
}
