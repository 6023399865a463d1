// SPDX-License-Identifier: Apache-2.0

internal import LivePatch

/// Finds state that objects are left in by the new code, and that the old code reads when the patch is taken back.
///
/// Only the old versions of replaced functions count as readers: whatever else reads a member works with what the new
/// code leaves there while the patch is in force, too.
struct RevertedState {
    private let unit: SemanticComparison
    private let declaresHazard: Bool
    /// What differs about each member.
    private var facts: [Member: [String]] = [:]
    /// The members that may be left in a state which the old code does not know.
    private var unknown: Set<Member> = []

    /// One finding for each member.
    static func findings(
        _ calls: CallComparison, in unit: SemanticComparison, declaresHazard: Bool
    ) -> [Finding] {
        var state = RevertedState(unit: unit, declaresHazard: declaresHazard)
        state.readValues()
        state.readStorage(calls)
        return state.findings
    }

    private init(unit: SemanticComparison, declaresHazard: Bool) {
        self.unit = unit
        self.declaresHazard = declaresHazard
    }

    private var findings: [Finding] {
        facts.sorted { $0.key < $1.key }.compactMap { member, facts in
            let readers = unit.patched.filter { unit.original.accesses(of: $0).reads.contains(member) }.sorted()
            guard !member.isWhole, !readers.isEmpty else { return nil }
            return Finding(
                rule: .misreadAfterRevert, weight: unknown.contains(member) && !declaresHazard ? .blocking : .note,
                unit: unit.source, symbols: (["\(member)"] + readers).uniqued(),
                facts: facts + ["read by the old code of \(readers.joined(separator: ", "))"])
        }
    }

    /// What is stored in members.
    private mutating func readValues() {
        let known = unit.original.all.writes
        for name in unit.names where unit.differsItself(name) {
            let before = unit.original.accesses(of: name).writes
            let after = unit.fixed.accesses(of: name).writes
            for member in Set(before.keys).union(after.keys) where before[member] != after[member] {
                let added = (after[member] ?? []).subtracting(before[member] ?? [])
                let removed = (before[member] ?? []).subtracting(after[member] ?? [])
                if !added.isEmpty { note(member, "\(name) sets it to \(Self.list(added)) only with the fix") }
                if !removed.isEmpty { note(member, "\(name) sets it to \(Self.list(removed)) only without the fix") }
                let isKnown = added.allSatisfy { $0.isZero || $0.isNamed && known[member]?.contains($0) == true }
                if !removed.isEmpty || !isKnown { unknown.insert(member) }
            }
        }
    }

    /// What members lead to, and is got, grown or given back differently.
    private mutating func readStorage(_ calls: CallComparison) {
        for difference in calls.differences.sorted(by: { $0.key < $1.key }).flatMap(\.value) {
            guard case .member(let member) = difference.use.subject, difference.isFirstOrLast,
                [.resize, .acquire, .release].contains(difference.use.kind)
            else { continue }
            let build = difference.before == 0 ? "with" : "without"
            note(member, "\(difference.function) calls \(difference.use.function) for it only \(build) the fix")
            unknown.insert(member)
        }
    }

    private mutating func note(_ member: Member, _ fact: String) { facts[member, default: []].append(fact) }

    private static func list(_ values: Set<StoredValue>) -> String {
        values.sorted().map { "\($0)" }.joined(separator: " or ")
    }
}
