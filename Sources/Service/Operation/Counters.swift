// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// A number that only grows, counted by many threads.
final class Counter: Sendable {
    private let count = Atomic<UInt64>(0)

    /// Counts some more.
    func add(_ number: UInt64 = 1) { count.wrappingAdd(number, ordering: .relaxed) }

    var value: UInt64 { count.load(ordering: .relaxed) }
}

/// A number that goes up and down.
final class Gauge: Sendable {
    private let level = Atomic<Int64>(0)

    func change(by number: Int64) { level.wrappingAdd(number, ordering: .relaxed) }

    var value: Int64 { level.load(ordering: .relaxed) }
}

/// Numbers that only grow, by a word.
final class LabelledCounter: Sendable {
    private let counts = Mutex<[String: UInt64]>([:])

    /// Counts one more.
    ///
    /// Labels are words of ours, never a client's, so that there are not many.
    func add(_ label: String) { counts.withLock { $0[label, default: 0] &+= 1 } }

    var values: [(label: String, count: UInt64)] {
        counts.withLock { $0 }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
}
