// SPDX-License-Identifier: Apache-2.0

internal import LivePatch

/// Finds functions that treat locks, counts and objects differently with the fix.
///
/// What a difference means for a process that runs is decided by ``CallDifference/weight``.
struct CallComparison {
    private let unit: SemanticComparison
    private var summary: ResourceSummary
    private var originalLocks: LockBalance
    private var fixedLocks: LockBalance

    /// One finding for each function that differs.
    static func findings(in unit: SemanticComparison) -> [Finding] {
        var comparison = CallComparison(unit)
        return comparison.findings()
    }

    private init(_ unit: SemanticComparison) {
        self.unit = unit
        summary = ResourceSummary(original: unit.original, fixed: unit.fixed)
        originalLocks = LockBalance(unit: unit.original)
        fixedLocks = LockBalance(unit: unit.fixed)
    }

    private mutating func findings() -> [Finding] {
        var changes: [String: [ResourceUse: Int]] = [:]
        for name in reportedNames {
            let before = summary.uses(of: name, fixed: false)
            let after = summary.uses(of: name, fixed: true)
            var change: [ResourceUse: Int] = [:]
            for use in Set(before.keys).union(after.keys) where before[use] != after[use] {
                change[use] = after[use, default: 0] - before[use, default: 0]
            }
            if !change.isEmpty { changes[name] = change }
        }
        var findings: [Finding] = []
        for name in changes.keys.sorted() {
            let differences = (changes[name] ?? [:]).filter { !isWithinOneCall($0.key, of: name, changes) }
            findings += finding(about: name, Set(differences.keys)).map { [$0] } ?? []
        }
        return findings
    }

    /// What only one build has counts as its callers', unless something else reaches it.
    private var reportedNames: [String] {
        unit.names.filter { name in
            let isInBoth = unit.original.functions[name] != nil && unit.fixed.functions[name] != nil
            if isInBoth { return true }
            let build = unit.fixed.functions[name] == nil ? unit.original : unit.fixed
            return build.callers(of: name).isEmpty
        }
    }

    /// Whether a function and all of its callers, or a helper of it, changed places: one call does what it did.
    private func isWithinOneCall(_ use: ResourceUse, of name: String, _ changes: [String: [ResourceUse: Int]]) -> Bool {
        guard let change = changes[name]?[use] else { return false }
        func balances(_ other: String) -> Bool { changes[other]?[use] == -change }
        let callers = unit.fixed.callers(of: name)
        let isHelper = !unit.fixed.exported.contains(name) && !callers.isEmpty
        if isHelper, callers == unit.original.callers(of: name), callers.allSatisfy(balances) { return true }
        return unit.fixed.callees(of: name).contains { helper in
            balances(helper) && !unit.fixed.exported.contains(helper) && unit.fixed.callers(of: helper) == [name]
        }
    }

    private mutating func finding(about name: String, _ uses: Set<ResourceUse>) -> Finding? {
        let before = summary.uses(of: name, fixed: false)
        let after = summary.uses(of: name, fixed: true)
        let locks = CallDifference.Locks(
            before: originalLocks.results(of: name), after: fixedLocks.results(of: name),
            areTakenAlike: !uses.contains { $0.kind == .lock })
        let differences = uses.sorted().compactMap { use in
            CallDifference(
                function: name, use: use, before: before[use, default: 0], after: after[use, default: 0], locks: locks)
        }
        guard !differences.isEmpty else { return nil }
        let isBlocking = differences.contains { $0.weight == .blocking }
        return Finding(
            rule: .differentCalls, weight: isBlocking ? .blocking : .note, unit: unit.source,
            symbols: ([name] + differences.map(\.use.function)).uniqued(), facts: differences.map(\.fact))
    }
}
