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
    /// - Throws: ``KernelRefusal/unreviewable(unit:reason:)``.
    func findings(
        in units: [(build: KernelUnitBuild, patch: KernelPatchUnit)]
    ) throws(KernelRefusal) -> (findings: [Finding], needless: [Waiver]) {
        var patchUnits: [PatchUnit] = []
        for unit in units { patchUnits.append(try patchUnit(unit.build, unit.patch.selection.diff)) }
        var findings = TypeCheck(target: vmlinux).findings(in: patchUnits)
        findings += SemanticCheck(declaresRevertHazard: declaresRevertHazard).findings(in: patchUnits)
        for (unit, patch) in zip(patchUnits, units) { findings += try signatures(of: unit, patch.patch.selection.diff) }
        for unit in patchUnits { findings += try stays(unit) }
        for unit in units { findings += checksums(of: unit.build) }
        let removed = units.flatMap(\.patch.selection.diff.removed)
        if !removed.isEmpty { findings.append(Finding(rule: .removedFunction, symbols: removed.sorted())) }
        findings = findings.uniqued()
        var needless: [Waiver] = []
        for waiver in waivers {
            let named = findings.indices.filter { findings[$0].weight == .blocking && waiver.names(findings[$0]) }
            if named.isEmpty { needless.append(waiver) }
            for position in named where findings[position].waiver == nil {
                findings[position].waiver = .init(name: waiver.person ?? "unknown", reason: waiver.reason)
            }
        }
        return (findings, needless)
    }

    /// Exported symbols whose types the kernel's own checksum takes for others: what modules were built for is as it was.
    private func checksums(of unit: KernelUnitBuild) -> [Finding] {
        let changed = unit.fixedChecksums.filter {
            unit.command.checksums[$0.key].map { [sum = $0.value] in $0 != sum } ?? false
        }
        guard !changed.isEmpty else { return [] }
        let facts = changed.keys.sorted().map { "\($0): modules were built for other types than the fixed source has" }
        return [Finding(rule: .changedType, unit: unit.source, symbols: changed.keys.sorted(), facts: facts)]
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
