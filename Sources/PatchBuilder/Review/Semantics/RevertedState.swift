// SPDX-License-Identifier: Apache-2.0

internal import LivePatch

/// Finds state that objects are left in by the new code, and that the old code reads when the patch is taken back.
struct RevertedState {
    var declaresHazard: Bool

    /// One finding for each member.
    func findings(in unit: SemanticComparison) -> [Finding] {
        var facts: [Member: [String]] = [:]
        var isSevere: Set<Member> = []
        let old = unit.original.all
        for name in unit.names where isChanged(name, in: unit) {
            let before = unit.original.accesses(of: name).writes
            let after = unit.fixed.accesses(of: name).writes
            for member in Set(before.keys).union(after.keys) where before[member] != after[member] {
                let added = (after[member] ?? []).subtracting(before[member] ?? [])
                let removed = (before[member] ?? []).subtracting(after[member] ?? [])
                facts[member, default: []].append(Self.fact(name, member, added, removed))
                let isKnown = added.allSatisfy { $0.isZero || old.writes[member]?.contains($0) == true }
                if !removed.isEmpty || !isKnown { isSevere.insert(member) }
            }
        }
        for (member, fact) in storage(in: unit) {
            facts[member, default: []].append(fact)
            isSevere.insert(member)
        }
        var findings: [Finding] = []
        for (member, whatDiffers) in facts.sorted(by: { $0.key < $1.key }) where !member.isWhole {
            let readers = unit.patched.filter { unit.original.accesses(of: $0).reads.contains(member) }.sorted()
            guard !readers.isEmpty else { continue }
            let isBlocking = isSevere.contains(member) && !declaresHazard
            findings.append(
                Finding(
                    rule: .misreadAfterRevert, weight: isBlocking ? .blocking : .note, unit: unit.source,
                    symbols: (["\(member)"] + readers).uniqued(),
                    facts: whatDiffers + ["\(readers.joined(separator: ", ")) without the fix reads it"]))
        }
        return findings
    }

    /// Whether the function's own statements differ, or a helper that only one build has.
    private func isChanged(_ name: String, in unit: SemanticComparison) -> Bool {
        guard let before = unit.original.functions[name], let after = unit.fixed.functions[name] else {
            let build = unit.fixed.functions[name] == nil ? unit.original : unit.fixed
            return build.callers(of: name).isEmpty
        }
        return before.writes != after.writes || before.calls != after.calls
    }

    private static func fact(
        _ name: String, _ member: Member, _ added: Set<StoredValue>, _ removed: Set<StoredValue>
    ) -> String {
        var parts: [String] = []
        if !added.isEmpty { parts.append("sets it to \(list(added)) only with the fix") }
        if !removed.isEmpty { parts.append("sets it to \(list(removed)) only without the fix") }
        return "\(name) \(parts.joined(separator: ", and ")): \(member)"
    }

    private static func list(_ values: Set<StoredValue>) -> String {
        values.sorted().map { "\($0)" }.joined(separator: " or ")
    }

    /// What members lead to, and is got, grown or given back differently.
    private func storage(in unit: SemanticComparison) -> [(Member, String)] {
        var summary = ResourceSummary(original: unit.original, fixed: unit.fixed)
        var found: [(Member, String)] = []
        for name in unit.names {
            let before = summary.uses(of: name, fixed: false)
            let after = summary.uses(of: name, fixed: true)
            for use in Set(before.keys).union(after.keys).sorted() {
                guard case .member(let member) = use.subject, [.resize, .acquire, .release].contains(use.kind),
                    (before[use] == nil) != (after[use] == nil)
                else { continue }
                let build = before[use] == nil ? "with" : "without"
                found.append((member, "\(name) calls \(use.function) for what it holds only \(build) the fix: \(member)"))
            }
        }
        return found
    }
}
