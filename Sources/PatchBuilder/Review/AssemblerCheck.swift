// SPDX-License-Identifier: Apache-2.0

internal import LivePatch

/// Finds assembler source that the fix changes: what the other checks ask of a compiler, nobody tells of it.
///
/// Its code is compared, taken apart and replaced as that of compiled functions. What its functions expect in registers and
/// on the stack, which types and fields they know, what they take and give back, a person has to read.
struct AssemblerCheck: SafetyCheck {
    func findings(in unit: PatchUnit) throws(PatchRefusal) -> [Finding] {
        let diff = unit.diff
        guard diff.fixed.isAssembler, !diff.isEmpty else { return [] }
        var facts = ["types, fields, locks and counts are not compared: assembler does not tell them"]
        let changed = Set(diff.changed.compactMap { unit.address(ofFunction: $0) })
        if changed.count > 1 {
            facts.append(
                "\(changed.count) functions are replaced: those that share code, or that a jump may lead to, with those "
                    + "that differ")
        }
        let continued = diff.changed.intersection(diff.continued).sorted()
        if !continued.isEmpty {
            facts.append("other code of the unit goes on in \(continued.joined(separator: ", ")) without a call")
        }
        facts.append("how stacks are unwound through it is what its .cfi directives say")
        return [
            Finding(
                rule: .changedAssembler, weight: .blocking, unit: unit.source,
                symbols: diff.changed.union(diff.added).union(diff.removed).sorted(), facts: facts)
        ]
    }
}
