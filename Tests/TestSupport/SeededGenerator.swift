// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// Random numbers that a seed repeats (SplitMix64).
package struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    /// Starts at a seed.
    package init(seed: UInt64) { state = seed }

    /// The next number.
    package mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    /// The seed of this run: `KAKETSUGI_TEST_SEED`, or a new one, which is printed.
    package static let seed: UInt64 = {
        let given = ProcessInfo.processInfo.environment["KAKETSUGI_TEST_SEED"].flatMap { UInt64($0) }
        let seed = given ?? UInt64.random(in: 1..<1_000_000_000)
        print("random tests: KAKETSUGI_TEST_SEED=\(seed) repeats this run")
        return seed
    }()
}
