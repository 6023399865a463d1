// SPDX-License-Identifier: Apache-2.0

internal import ELF
internal import LivePatch

/// Finds changed functions that a thread enters and does not leave: a patch waits for them in vain.
///
/// No process is harmed, since a function that is on a stack is not replaced. But the author should know before the patch
/// is shipped that it will be refused wherever such a thread runs.
struct StaysOnStackCheck: SafetyCheck {
    func findings(in unit: PatchUnit) throws(PatchRefusal) -> [Finding] {
        var findings: [Finding] = []
        for name in unit.diff.changed.sorted() where FunctionName(name).parent == nil {
            guard let fact = try fact(about: name, in: unit.located.unit) else { continue }
            findings.append(
                Finding(
                    rule: .staysOnStack, weight: .blocking, unit: unit.source, symbols: [name], facts: [fact]))
        }
        return findings
    }

    private func fact(about name: String, in unit: UnitObject) throws(PatchRefusal) -> String? {
        if name == "main" { return "the first thread of the program is in it from the beginning to the end" }
        guard let flow = try FunctionFlow(of: name, in: unit), flow.holdsThreads else { return nil }
        return "it has a loop that nothing leads out of"
    }
}
