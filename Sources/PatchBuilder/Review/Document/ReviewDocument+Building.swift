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
        // Without a section table there is nothing to tell code from data by.
        let hasCode = target.sections.contains { $0.flags.contains([.allocate, .execute]) }
        let copies = Dictionary(
            units.map { ($0.source, InlinedCopies(in: $0)) }, uniquingKeysWith: { first, _ in first })
        let functions = zip(replaced, callers).map { replaced, callers in
            Function(
                name: replaced.0, unit: replaced.1.source, callers: hasCode ? callers : nil,
                inlinedInto: copies[replaced.1.source].flatMap { $0?.holders(of: replaced.0) })
        }
        let sources = units.map { Unit(source: $0.source, verdict: $0.diff.isEmpty ? .unchanged : .changed) }
        let verdicts = sources + options.unchangedUnits.map { Unit(source: $0, verdict: .unchanged) }
        self.init(
            functions: functions,
            units: verdicts.sorted { ($0.source, $0.verdict.rawValue) < ($1.source, $1.verdict.rawValue) },
            targetNames: names, imageNames: layout.map { ImageNaming(units: units, layout: $0).names() } ?? [],
            fix: Self.shortened(options.fixText))
    }

    /// How many bytes of a fix are kept: more than anybody reads.
    private static var longestFix: Int { 2 << 20 }

    private static func shortened(_ fix: String) -> String {
        guard fix.utf8.count > longestFix else { return fix }
        let kept = fix.utf8.prefix(longestFix).lastIndex(of: UInt8(ascii: "\n")).map { fix[...$0] } ?? ""
        return kept + "… (\(fix.utf8.count - kept.utf8.count) bytes more)\n"
    }
}
