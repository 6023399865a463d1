// SPDX-License-Identifier: Apache-2.0

internal import ELF
internal import LivePatch

/// Finds data of the target that the fixed source makes otherwise: processes that run have the old contents.
struct ChangedDataCheck: SafetyCheck {
    func findings(in unit: PatchUnit) throws(PatchRefusal) -> [Finding] {
        unit.diff.keptData.sorted { $0.fixed.rawValue < $1.fixed.rawValue }.map { datum in
            let before = unit.diff.original.section(datum.original)
            let after = unit.diff.fixed.section(datum.fixed)
            return Finding(
                rule: rule(of: datum, in: unit, grows: after.size > before.size), weight: .blocking, unit: unit.source,
                symbols: [unit.diff.fixed.name(of: datum.fixed)], facts: facts(before, after))
        }
    }

    private func rule(of datum: KeptDatum, in unit: PatchUnit, grows: Bool) -> Finding.Rule {
        if grows { return .grownDatum }
        return unit.diff.fixed.role(datum.fixed) == .variable ? .changedVariable : .changedSharedConstant
    }

    private func facts(_ before: Section, _ after: Section) -> [String] {
        guard before.size == after.size else { return ["size: \(before.size) → \(after.size) bytes"] }
        guard before.type == after.type else {
            return ["initial value: \(before.type == .noBits ? "zero → not zero" : "not zero → zero")"]
        }
        guard let offset = zip(before.contents, after.contents).enumerated().first(where: { $1.0 != $1.1 })?.offset
        else { return ["an address in it refers to something else"] }
        let shown = { (bytes: ArraySlice<UInt8>) in hexadecimalBytes(bytes.dropFirst(offset).prefix(8)) }
        return ["bytes from offset \(offset): \(shown(before.contents)) → \(shown(after.contents))"]
    }
}
