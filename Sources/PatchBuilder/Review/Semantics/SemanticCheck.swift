// SPDX-License-Identifier: Apache-2.0

internal import LivePatch

/// Finds what a fix changes in how functions treat locks, counts and objects, and which members they rely on.
struct SemanticCheck: SafetyCheck {
    /// Whether the author said what must be known before the patch is taken back.
    var declaresRevertHazard: Bool

    func findings(in unit: PatchUnit) throws(PatchRefusal) -> [Finding] {
        guard !unit.diff.isEmpty else { return [] }
        guard let original = unit.statements.unfixed, let fixed = unit.statements.fixed else {
            return [notCompared(unit, "the compiler wrote down no statements; only GCC does (-fdump-tree-ssa)")]
        }
        do throws(GimpleError) {
            let comparison = try SemanticComparison(unit, original: original, fixed: fixed)
            return CallComparison.findings(in: comparison) + UnsetMembers.findings(in: comparison)
                + RevertedState(declaresHazard: declaresRevertHazard).findings(in: comparison)
        } catch {
            return [notCompared(unit, "the compiler's statements were not understood: \(error)")]
        }
    }

    private func notCompared(_ unit: PatchUnit, _ fact: String) -> Finding {
        Finding(
            rule: .fieldsNotCompared, weight: .blocking, unit: unit.source,
            symbols: unit.diff.changed.union(unit.diff.added).sorted(), facts: [fact])
    }
}
