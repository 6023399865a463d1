// SPDX-License-Identifier: Apache-2.0

internal import LivePatch

/// Finds what a fix changes in how functions treat locks, counts and objects, and which members they rely on.
///
/// It looks at all units of a patch together: one may set what another one reads.
struct SemanticCheck {
    /// Whether the author said what must be known before the patch is taken back.
    var declaresRevertHazard: Bool

    /// What the check finds.
    func findings(in units: [PatchUnit]) -> [Finding] {
        var findings: [Finding] = []
        var comparisons: [SemanticComparison] = []
        for unit in units where !unit.diff.isEmpty && !unit.diff.fixed.isAssembler {
            do throws(GimpleError) {
                comparisons.append(try SemanticComparison(unit.diff, unit.statements))
            } catch {
                findings.append(Self.notCompared(unit.diff, "\(error)"))
            }
        }
        return findings + self.findings(in: comparisons)
    }

    /// What the check finds in units whose statements could be read.
    func findings(in units: [SemanticComparison]) -> [Finding] {
        let calls = units.map { CallComparison($0) }
        let different = DifferentCalls.joined(
            zip(units, calls).flatMap { unit, calls in
                calls.isComplete
                    ? DifferentCalls.findings(calls, in: unit)
                    : [Self.notCompared(unit.diff, "its functions call each other in too many circles")]
            })
        let names = NameList(for: units)
        let unset = UnsetMembers.findings(in: units, named: names)
        // One decision about a member is enough.
        let decided = Set(unset.compactMap(\.symbols.first))
        let reverted = RevertedState.findings(
            calls.map(\.differences), in: units, named: names, declaresHazard: declaresRevertHazard)
        return different + unset + reverted.filter { $0.symbols.first.map(decided.contains) != true }
    }

    private static func notCompared(_ diff: UnitDiff, _ fact: String) -> Finding {
        Finding(
            rule: .fieldsNotCompared, weight: .blocking, unit: diff.fixed.source,
            symbols: diff.changed.union(diff.added).sorted(), facts: [fact])
    }
}
