// SPDX-License-Identifier: Apache-2.0

/// Finds where functions treat locks, counts and objects differently with the fix.
struct CallComparison {
    private let unit: SemanticComparison
    private var summary: ResourceSummary
    private var originalLocks: LockBalance
    private var fixedLocks: LockBalance
    private var originalSections: LockBalance
    private var fixedSections: LockBalance
    private var changes: [String: [ResourceUse: Int]] = [:]

    /// The differences by the functions that make them.
    private(set) var differences: [String: [CallDifference]] = [:]

    /// Whether all helpers could be looked into.
    var isComplete: Bool { summary.isComplete }

    /// Compares the two builds of a unit.
    init(_ unit: SemanticComparison) {
        self.unit = unit
        summary = ResourceSummary(original: unit.original, fixed: unit.fixed)
        originalLocks = LockBalance(unit: unit.original)
        fixedLocks = LockBalance(unit: unit.fixed)
        originalSections = LockBalance(unit: unit.original, of: .readSections)
        fixedSections = LockBalance(unit: unit.fixed, of: .readSections)
        for name in reportedNames { changes[name] = change(in: name) }
        for name in changes.keys { differences[name] = differences(in: name) }
    }

    /// What only one build has counts as its callers', unless something else reaches it.
    private var reportedNames: [String] {
        unit.names.filter { name in
            guard let build = unit.onlyBuild(of: name) else { return true }
            return build.exported.contains(name) || build.callers(of: name).isEmpty
        }
    }

    private mutating func change(in name: String) -> [ResourceUse: Int]? {
        let before = summary.uses(of: name, fixed: false)
        let after = summary.uses(of: name, fixed: true)
        let change = after.merging(before.mapValues { -$0 }) { $0 + $1 }.filter {
            $0.value != 0 && !isOfThePatch($0.key.subject)
        }
        return change.isEmpty ? nil : change
    }

    /// Whether something exists with the patch only, so that no old code can hold it.
    private func isOfThePatch(_ subject: ResourceUse.Subject) -> Bool {
        switch subject {
        case .member(let member): !unit.original.knows(record: member.record)
        case .global(let name): unit.fixed.defines(variable: name) && !unit.original.defines(variable: name)
        case .parameter, .result, .local, .unknown: false
        }
    }

    private mutating func differences(in name: String) -> [CallDifference] {
        let uses = (changes[name] ?? [:]).keys.filter { !isWithinOneCall($0, of: name) }.sorted()
        let before = summary.uses(of: name, fixed: false)
        let after = summary.uses(of: name, fixed: true)
        let locks = CallDifference.Locks(
            before: originalLocks.results(of: name), after: fixedLocks.results(of: name),
            areTakenAlike: !uses.contains { $0.kind == .lock }, endsReadSections: endsReadSections(in: name))
        return uses.compactMap { use in
            CallDifference(
                function: name, use: use, before: before[use, default: 0], after: after[use, default: 0], locks: locks)
        }
    }

    /// Whether a function ends each read-side critical section that it begins, and no other, in both builds.
    private mutating func endsReadSections(in name: String) -> Bool {
        originalSections.results(of: name) == [0] && fixedSections.results(of: name) == [0]
            && originalSections.isCertain && fixedSections.isCertain
    }

    /// Whether a function and its only callers, or its own helper, changed places: a call does as a whole what it did.
    private func isWithinOneCall(_ use: ResourceUse, of name: String) -> Bool {
        guard let change = changes[name]?[use] else { return false }
        func balances(_ other: String) -> Bool { changes[other]?[use] == -change }
        let callers = unit.fixed.callers(of: name)
        if !unit.fixed.exported.contains(name), !callers.isEmpty, callers == unit.original.callers(of: name),
            callers.allSatisfy(balances)
        {
            return true
        }
        return unit.fixed.callees(of: name).contains { helper in
            balances(helper) && !unit.fixed.exported.contains(helper) && unit.fixed.callers(of: helper) == [name]
                && unit.original.callers(of: helper) == [name]
        }
    }
}
