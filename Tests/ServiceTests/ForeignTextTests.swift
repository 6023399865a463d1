// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import TestSupport
import Testing

@testable import Service

/// What browsers and proxies send, edited at random: it is read or refused, and never believed beyond its bounds.
struct ForeignTextTests {
    private static let samples = [
        "a=1+2%2B&b=%E6%97%A5&c=&d=%20x%20&a=3&e", "ja-JP;q=0.9, en;q=0.8", "192.0.2.7, 2001:db8::1",
        "::ffff:192.0.2.7", "group=db success=3 failure=1% bake=5", "2026-11-21T09:30", "-9223372036854775808", "17",
    ].map { Array($0.utf8) }

    @Test func `any text is read or refused`() {
        var random = SeededGenerator(seed: SeededGenerator.seed)
        for round in 0..<20_000 {
            var bytes = Self.samples[round % Self.samples.count]
            for _ in 0..<Int.random(in: 0...4, using: &random) {
                let place = Int.random(in: 0...bytes.count, using: &random)
                let other = Self.samples.randomElement(using: &random) ?? []
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes.insert(.random(in: 0...255, using: &random), at: place)
                case 1: bytes.removeSubrange(place..<min(place + 2, bytes.count))
                default: bytes.insert(contentsOf: other.prefix(6), at: place)
                }
            }
            check(bytes)
        }
    }

    private func check(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        let encoded = bytes.flatMap { Array("%\($0 < 16 ? "0" : "")\(String($0, radix: 16))".utf8) }
        if let plain = String(validating: bytes, as: UTF8.self), !bytes.contains(where: { $0 < 32 }) {
            #expect(FormFields(Array("x=".utf8) + encoded)?.exactly("x") == plain)
        } else if !bytes.contains(where: { [9, 10, 13].contains($0) }) {
            #expect(FormFields(Array("x=".utf8) + encoded) == nil)
        }
        _ = FormFields(bytes)
        _ = PageLanguage.preferred(text)
        if let field = HTTPField.Name("x-forwarded-for"), HTTPField.isValidValue(text) {
            let headers: HTTPFields = [field: text]
            #expect(ClientAddress(trustsProxy: true).of(headers, peer: "peer").utf8.count <= 45)
        }
        #expect(ClientAddress(trustsProxy: true).counted(text).utf8.count <= text.utf8.count + 2)
        #expect((0..<10_000_000).contains(Paging.place(of: text)))
        if let ring = RingText.ring(text) { #expect(RingText.ring(RingText.line(ring)) == ring, "\(text)") }
        _ = Desk.moment(text)
    }
}
