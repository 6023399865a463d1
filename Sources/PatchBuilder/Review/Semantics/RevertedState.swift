// SPDX-License-Identifier: Apache-2.0

internal import LivePatch

/// Finds state that objects are left in by the new code, and that the old code reads when the patch is taken back.
///
/// Only the old versions of replaced functions count as readers: whatever else reads a member works with what the new
/// code leaves there while the patch is in force, too.
struct RevertedState {
    private let units: [SemanticComparison]
    /// What differs about each member, by the unit that makes the difference.
    private var facts: [Member: [Int: [String]]] = [:]
    /// The members that may be left in a state which the old code does not know.
    private var unknown: Set<Member> = []
    /// What the old code stores in members.
    private let known: [Member: Set<StoredValue>]

    /// One finding for each member and unit.
    static func findings(
        _ calls: [[String: [CallDifference]]], in units: [SemanticComparison], named names: NameList,
        declaresHazard: Bool
    ) -> [Finding] {
        var state = RevertedState(units)
        for position in units.indices {
            state.readValues(of: position)
            state.readStorage(of: position, calls[position])
        }
        return state.findings(named: names, declaresHazard: declaresHazard)
    }

    private init(_ units: [SemanticComparison]) {
        self.units = units
        var known: [Member: Set<StoredValue>] = [:]
        for unit in units { known.merge(unit.original.all.writes) { $0.union($1) } }
        self.known = known
    }

    private func findings(named names: NameList, declaresHazard: Bool) -> [Finding] {
        var readers: [Member: [String]] = [:]
        for unit in units {
            for name in unit.patched.sorted() {
                for member in unit.original.accesses(of: name).reads { readers[member, default: []].append(name) }
            }
        }
        return facts.sorted { $0.key < $1.key }.flatMap { member, facts -> [Finding] in
            guard !member.isWhole, let readers = readers[member] else { return [] }
            let isBlocking = unknown.contains(member) && !declaresHazard
            return facts.sorted { $0.key < $1.key }.map { position, facts in
                Finding(
                    rule: .misreadAfterRevert, weight: isBlocking ? .blocking : .note, unit: units[position].source,
                    symbols: (["\(member)"] + names.ordered(readers)).uniqued(),
                    facts: facts + ["read by the old code of \(names.text(readers))"])
            }
        }
    }

    /// What is stored in members.
    private mutating func readValues(of position: Int) {
        let unit = units[position]
        for name in unit.names where unit.differsItself(name) {
            let before = unit.original.accesses(of: name).writes
            let after = unit.fixed.accesses(of: name).writes
            for member in Set(before.keys).union(after.keys) where before[member] != after[member] {
                let added = (after[member] ?? []).subtracting(before[member] ?? [])
                let removed = (before[member] ?? []).subtracting(after[member] ?? [])
                if !added.isEmpty { note(position, member, "\(name) sets it to \(Self.list(added)) only with the fix") }
                if !removed.isEmpty {
                    note(position, member, "\(name) sets it to \(Self.list(removed)) only without the fix")
                }
                let isKnown = added.allSatisfy { $0.isZero || $0.isNamed && known[member]?.contains($0) == true }
                if !removed.isEmpty || !isKnown { unknown.insert(member) }
            }
        }
    }

    /// What members lead to, and is got, grown or given back differently.
    private mutating func readStorage(of position: Int, _ calls: [String: [CallDifference]]) {
        for difference in calls.sorted(by: { $0.key < $1.key }).flatMap(\.value) {
            guard case .member(let member) = difference.use.subject, difference.isFirstOrLast,
                [.resize, .acquire, .release].contains(difference.use.kind)
            else { continue }
            let build = difference.before == 0 ? "with" : "without"
            note(
                position, member, "\(difference.function) calls \(difference.use.function) for it only \(build) the fix"
            )
            // A release is a finding of its own, of the calls.
            if difference.use.kind == .resize { unknown.insert(member) }
        }
    }

    private mutating func note(_ position: Int, _ member: Member, _ fact: String) {
        facts[member, default: [:]][position, default: []].append(fact)
    }

    private static func list(_ values: Set<StoredValue>) -> String {
        values.sorted().map { "\($0)" }.joined(separator: " or ")
    }
}
