// SPDX-License-Identifier: Apache-2.0

internal import LivePatch

/// Finds functions that treat locks, counts and objects differently with the fix.
///
/// What a difference means for a process that runs is decided by ``CallDifference/weight``.
enum DifferentCalls {
    /// One finding for each function that differs.
    static func findings(_ calls: CallComparison, in unit: SemanticComparison) -> [Finding] {
        calls.differences.sorted { $0.key < $1.key }.compactMap { name, differences in
            guard !differences.isEmpty else { return nil }
            let isBlocking = differences.contains { $0.weight == .blocking }
            return Finding(
                rule: .differentCalls, weight: isBlocking ? .blocking : .note, unit: unit.source,
                symbols: ([name] + differences.map(\.use.function)).uniqued(), facts: differences.map(\.fact))
        }
    }
}
