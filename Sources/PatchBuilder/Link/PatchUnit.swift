// SPDX-License-Identifier: Apache-2.0

internal import ELF

/// One translation unit on its way into a patch: where it lies in the target, and what the fix changes.
struct PatchUnit {
    /// The unit without the fix, in the target.
    let located: LocatedUnit
    /// What the fix changes.
    let diff: UnitDiff
    /// What the compiler read out of the two sources.
    let statements: UnitObjects.Statements

    /// The unit's source file.
    var source: String { diff.fixed.source }

    /// Whether a code section of the fixed unit goes into the patch.
    func includes(code section: SectionIndex) -> Bool {
        if diff.fixed.isAssembler {
            return diff.fixed.functionNames(in: section).contains {
                diff.changed.contains($0) || diff.added.contains($0)
            }
        }
        let name = diff.fixed.name(of: section)
        if diff.changed.contains(name) || diff.added.contains(name) { return true }
        return FunctionName(name).parent.map(diff.changed.contains) ?? false
    }

    /// The target's address of a function of the unit, by its definition.
    func address(ofFunction name: String) -> TargetAddress? {
        located.unit.functions[name].flatMap(located.definition)
    }

    /// The target's address of a section of assembler code that the fix leaves as it is.
    func address(ofAssembler section: SectionIndex) -> TargetAddress? {
        let name = diff.fixed.section(section).name
        let holder = located.unit.object.sections.first { $0.name == name && located.unit.role($0.index) == .code }
        return holder.flatMap { located.sections[$0.index] }
    }

    /// Where the code lies that stands in for a function: a section of the fixed unit, and a part of it.
    func replacement(of name: String, in sections: [String: SectionIndex]) -> (
        section: SectionIndex, part: Range<UInt64>
    )? {
        guard diff.fixed.isAssembler else { return sections[name].map { ($0, 0..<diff.fixed.section($0).size) } }
        guard let symbol = diff.fixed.functions[name], case .section(let section) = symbol.place else { return nil }
        return (section, symbol.value..<symbol.value &+ symbol.size)
    }

    /// Where in the target's block the thread-local variable is that a section of the unfixed unit holds, if it is known.
    func threadOffset(ofDatum section: SectionIndex) -> Int64? {
        guard let symbol = diff.original.owners[section.rawValue].first else { return nil }
        let namesakes = located.unit.object.symbols.filter {
            $0.name == symbol.name && $0.kind == .tls && $0.size == symbol.size
        }
        guard namesakes.count == 1, case .section(let holder) = namesakes[0].place,
            let base = located.threadSections[holder]
        else { return nil }
        return base &+ Int64(bitPattern: namesakes[0].value) &- Int64(bitPattern: symbol.value)
    }

    /// The target's address of the datum that a section of the unfixed unit holds, if it is known beyond doubt.
    func address(ofDatum section: SectionIndex) -> TargetAddress? {
        let original = diff.original
        // The same object file.
        if original.isAssembler { return located.sections[section] }
        guard let symbol = original.owners[section.rawValue].first else { return nil }
        let namesakes = located.unit.object.symbols.filter {
            $0.name == symbol.name && $0.kind == .object && $0.size == symbol.size
        }
        guard namesakes.count == 1 else { return nil }
        return located.definition(of: namesakes[0])?.advanced(by: -Int64(bitPattern: symbol.value))
    }

    /// Whether a function of the unfixed unit, or its part elsewhere, is replaced or gone.
    func replaces(_ name: String) -> Bool {
        // What assembler no longer has stays, and may lead into code that it shared.
        if diff.original.isAssembler { return diff.changed.contains(name) }
        return diff.changed.contains(name) || diff.removed.contains(name)
            || FunctionName(name).parent.map(diff.changed.contains) ?? false
    }

    /// The code of the shipped file that this unit's part of the patch replaces.
    var replacedRanges: [Range<UInt64>] {
        located.unit.functions.filter { replaces($0.key) }.values.compactMap { symbol in
            guard let address = located.definition(of: symbol)?.rawValue else { return nil }
            let (end, overflow) = address.addingReportingOverflow(symbol.size)
            return overflow ? nil : address..<end
        }
    }
}
