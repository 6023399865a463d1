// SPDX-License-Identifier: Apache-2.0

internal import ELF
internal import LivePatch

/// The safety review of a kernel's live patch: types, fields, locks and counts, as for processes.
struct KernelReview {
    let vmlinux: ObjectFile
    let waivers: [Waiver]
    /// Whether the author said what must be known before the patch is taken out.
    let declaresRevertHazard: Bool

    /// What the fix does that a person has to decide on, with the decisions; and those that decide about nothing.
    ///
    /// - Throws: ``KernelRefusal/unreviewable(unit:reason:)``, ``KernelRefusal/impossibleWaiver(rule:)``.
    func findings(
        in units: [(build: KernelUnitBuild, patch: KernelPatchUnit)]
    ) throws(KernelRefusal) -> (findings: [Finding], needless: [Waiver]) {
        var patchUnits: [PatchUnit] = []
        for unit in units { patchUnits.append(try patchUnit(unit.build, unit.patch.selection.diff)) }
        var findings = TypeCheck(target: vmlinux).findings(in: patchUnits)
        findings += SemanticCheck(declaresRevertHazard: declaresRevertHazard).findings(in: patchUnits)
        for (unit, patch) in zip(patchUnits, units) { findings += try signatures(of: unit, patch.patch.selection.diff) }
        for unit in patchUnits { findings += try stays(unit) }
        findings += units.compactMap { $0.build.changedExportsFinding }
        let removed = units.flatMap(\.patch.selection.diff.removed)
        if !removed.isEmpty { findings.append(Finding(rule: .removedFunction, symbols: removed.sorted())) }
        findings = findings.uniqued()
        if let rule = waivers.impossible { throw .impossibleWaiver(rule: rule) }
        let needless = findings.apply(waivers)
        return (findings, needless)
    }

    /// The unit in the form in which the review of processes' patches takes it.
    private func patchUnit(_ build: KernelUnitBuild, _ diff: KernelUnitDiff) throws(KernelRefusal) -> PatchUnit {
        do throws(PatchRefusal) {
            let plain = try UnitObject(build.objects, \.plain)
            var unitDiff = UnitDiff(
                original: try UnitObject(build.objects, \.sectioned), fixed: try UnitObject(build.objects, \.fixed))
            func names(_ pieces: Set<Int>) -> Set<String> { Set(pieces.compactMap { diff.patched.pieces[$0].name }) }
            unitDiff.changed = names(diff.changed)
            unitDiff.added = names(diff.added)
            unitDiff.removed = Set(diff.removed)
            return PatchUnit(located: LocatedUnit(unit: plain), diff: unitDiff, statements: build.objects.statements)
        } catch {
            throw .unreviewable(unit: build.source, reason: "\(error)")
        }
    }

    /// Functions that other units call in a way that the new code does not expect.
    private func signatures(of unit: PatchUnit, _ diff: KernelUnitDiff) throws(KernelRefusal) -> [Finding] {
        do throws(UnitTypeComparison.Failure) {
            var comparison = try UnitTypeComparison(unit.diff)
            let globals = Set(
                diff.changed.map { diff.patched.pieces[$0] }.filter(\.isGlobal).flatMap(\.symbols).map(\.name))
            return try comparison.changedSignatures().filter { globals.contains($0.function) }.map {
                name, differences in
                Finding(
                    rule: .changedMeaning, weight: .blocking, unit: unit.source, symbols: [name],
                    facts: differences.map(\.fact) + ["other units may call it"])
            }
        } catch {
            throw .unreviewable(unit: unit.source, reason: error.reason)
        }
    }

    /// Functions that a task never leaves would keep the kernel from going over to the patch.
    private func stays(_ unit: PatchUnit) throws(KernelRefusal) -> [Finding] {
        do throws(PatchRefusal) {
            return try StaysOnStackCheck().findings(in: unit)
        } catch {
            throw .unreviewable(unit: unit.source, reason: "\(error)")
        }
    }
}

extension KernelUnitBuild {
    /// What the kernel's own checksums of types say against the fix: modules that stay as they are were built for the types
    /// that were.
    var changedExportsFinding: Finding? {
        guard !changedExports.isEmpty else { return nil }
        return Finding(
            rule: .changedMeaning, weight: .blocking, unit: source, symbols: changedExports,
            facts: changedExports.map { name in
                fixedChecksums[name] == nil
                    ? "\(name) is exported to modules, and would not be any more"
                    : "\(name) is exported to modules, and the checksum of its types (genksyms) becomes another one"
            })
    }
}
