// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import PatchReview

/// Two sequences side by side.
@Suite struct AlignmentTests {
    /// The alignment with `=` for equal elements, `-` and `+` for those of one side.
    private func marks(_ old: String, _ new: String) -> String {
        let (old, new) = (Array(old), Array(new))
        return Alignment(old, new).pairs.map { pair in
            switch (pair.old, pair.new) {
            case (let before?, let after?): old[before] == new[after] ? "=" : "!"
            case (_?, nil): "-"
            case (nil, _?): "+"
            case (nil, nil): "?"
            }
        }.joined()
    }

    @Test(arguments: [
        ("", "", ""), ("abc", "abc", "==="), ("", "ab", "++"), ("ab", "", "--"), ("abc", "axc", "=-+="),
        ("abcd", "ad", "=--="), ("ad", "abcd", "=++="), ("abab", "ab", "==--"), ("xaby", "zabw", "-+==-+"),
        ("aaaa", "aa", "==--"), ("abcdef", "defabc", "---===+++"), ("ppqpp", "pprpp", "==-+=="),
    ])
    func `equal elements stand beside each other`(old: String, new: String, expected: String) {
        #expect(marks(old, new) == expected)
    }

    @Test func `every element is in one pair, in order, and only equal ones are paired`() {
        var random = SeededGenerator(seed: SeededGenerator.seed)
        for round in 0..<300 {
            let letters = round % 3 == 0 ? 2 : 40
            let old = (0..<Int.random(in: 0..<60, using: &random)).map { _ in
                Int.random(in: 0..<letters, using: &random)
            }
            var new = old
            for _ in 0..<Int.random(in: 0..<12, using: &random) where !new.isEmpty {
                let place = Int.random(in: 0..<new.count, using: &random)
                if Bool.random(using: &random) { new.remove(at: place) } else { new.insert(99, at: place) }
            }
            let pairs = Alignment(old, new).pairs
            #expect(pairs.compactMap(\.old) == Array(old.indices))
            #expect(pairs.compactMap(\.new) == Array(new.indices))
            for case (let before?, let after?) in pairs.map({ ($0.old, $0.new) }) { #expect(old[before] == new[after]) }
        }
    }

    @Test func `long sequences without a common element are aligned at once`() {
        let pairs = Alignment(Array(0..<20_000), Array(20_000..<40_000)).pairs
        #expect(pairs.count == 40_000)
        let shuffled = Alignment(Array(0..<20_000), Array(10_000..<20_000) + Array(0..<10_000)).pairs
        #expect(shuffled.count { $0.old != nil && $0.new != nil } == 10_000)
    }
}
