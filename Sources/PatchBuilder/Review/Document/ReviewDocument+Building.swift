// SPDX-License-Identifier: Apache-2.0

internal import Disassembly
internal import ELF
internal import LivePatch

extension ReviewDocument {
    /// Writes down what is seen of a target and a fix while the patch is made.
    ///
    /// - Throws: ``PatchRefusal/disassembly(_:)``.
    init(
        of units: [PatchUnit], in target: ObjectFile, layout: PatchLayout?, options: PatchOptions
    ) throws(PatchRefusal) {
        let symbols = SymbolMap(target: target, units: units)
        let replaced = units.flatMap { unit in
            unit.diff.changed.sorted().compactMap { name in
                FunctionName(name).parent == nil ? unit.address(ofFunction: name).map { (name, unit, $0) } : nil
            }
        }
        let callers = CallerSearch.callers(of: replaced.map(\.2), in: target, symbols: symbols)
        let names: [Name]
        do throws(DisassemblyError) {
            var naming = try TargetNaming(target: target, symbols: symbols)
            for (name, unit, _) in replaced { naming.add(function: name, of: unit) }
            names = naming.sorted
        } catch {
            throw .disassembly(error)
        }
        let sources = units.map { Unit(source: $0.source, verdict: $0.diff.isEmpty ? .unchanged : .changed) }
        let verdicts = sources + options.unchangedUnits.map { Unit(source: $0, verdict: .unchanged) }
        self.init(
            functions: zip(replaced, callers).map { Function(name: $0.0, unit: $0.1.source, callers: $1) },
            units: verdicts.sorted { ($0.source, $0.verdict.rawValue) < ($1.source, $1.verdict.rawValue) },
            targetNames: names, imageNames: layout.map { ImageNaming(units: units, layout: $0).names() } ?? [],
            fix: options.fixText)
    }
}
