// SPDX-License-Identifier: Apache-2.0

internal import LivePatch

/// Finds functions that treat locks, counts and objects differently with the fix.
///
/// What a difference means for a process that runs is decided by ``CallDifference/weight``.
enum DifferentCalls {
    /// The findings of all units, those about a function that several units have of one header only once.
    ///
    /// What such a function frees, counts or locks is one decision, however many units it is compiled into. Findings that differ in
    /// anything else than the unit stay apart.
    static func joined(_ findings: [Finding]) -> [Finding] {
        var joined: [Finding] = []
        var units: [Finding: [String]] = [:]
        for finding in findings {
            var key = finding
            key.unit = nil
            if units[key] == nil { joined.append(key) }
            units[key, default: []] += [finding.unit].compactMap(\.self)
        }
        return joined.map { key in
            var finding = key
            let sources = units[key] ?? []
            if sources.count > 1 {
                finding.facts.append("the same in \(sources.joined(separator: ", "))")
            } else {
                finding.unit = sources.first
            }
            return finding
        }
    }

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
