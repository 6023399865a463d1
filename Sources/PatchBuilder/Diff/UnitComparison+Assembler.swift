// SPDX-License-Identifier: Apache-2.0

internal import ELF

extension UnitDiff {
    /// Compares the code of two builds of an assembler unit, section by section; functions that lead into each other differ
    /// together.
    ///
    /// - Parameter naming: names the data of both builds.
    /// - Throws: ``PatchRefusal/assembler(unit:section:offset:_:)`` for code that differs and is not only code.
    mutating func compareAssembler(_ naming: DataNaming) throws(PatchRefusal) {
        let before = try original.assemblerSections()
        let after = try fixed.assemblerSections()
        for name in Set(before.keys).union(after.keys).sorted() {
            let pieces = (
                before: try original.assemblerPieces(in: before[name], naming: naming.original),
                after: try fixed.assemblerPieces(in: after[name], naming: naming.fixed)
            )
            guard pieces.before != pieces.after else { continue }
            var codes: [AssemblerCode] = []
            if let section = before[name] {
                codes.append(try AssemblerCode(section, of: original))
                continued.formUnion(codes[0].namesOfContinued)
                reentered.merge(codes[0].reentered()) { first, _ in first }
            }
            if let section = after[name] { codes.append(try AssemblerCode(section, of: fixed)) }
            let groups = AssemblerGroups(codes, isWhole: try hasTable(into: before[name], after[name]))
            for group in groups.names where group.contains(where: { pieces.before[$0] != pieces.after[$0] }) {
                changed.formUnion(group.filter { pieces.before[$0] != nil && pieces.after[$0] != nil })
                added.formUnion(group.filter { pieces.before[$0] == nil })
                removed.formUnion(group.filter { pieces.after[$0] == nil })
            }
            if let old = before[name], let new = after[name] { try requireOneFunctionEach(old, new) }
        }
    }

    /// Whether data of either build lead to places in a section of code that are no functions, as tables of jumps do.
    ///
    /// - Throws: ``PatchRefusal/assembler(unit:section:offset:_:)`` for a table that would not come with the new code.
    private func hasTable(into old: SectionIndex?, _ new: SectionIndex?) throws(PatchRefusal) -> Bool {
        var found = false
        for (unit, code) in [(original, old), (fixed, new)] {
            guard let code else { continue }
            for section in unit.object.sections where unit.holdsData(section.index) {
                for relocation in unit.relocations[section.index.rawValue] {
                    let reference = try unit.reference(of: relocation, in: section.index)
                    guard reference.section == code, !unit.isFunctionAddress(reference, relocation.type) else {
                        continue
                    }
                    guard unit.role(section.index) == .constant, !unit.isNamedData(section.index) else {
                        throw .assembler(
                            unit: unit.source, section: section.name, offset: relocation.offset, .tableOfPlaces)
                    }
                    try requireNoOtherUser(of: section.index, in: unit, than: code)
                    found = true
                }
            }
        }
        return found
    }

    /// Refuses a table that code of another section reads, too: that code would go on with the old table.
    private func requireNoOtherUser(
        of table: SectionIndex, in unit: UnitObject, than code: SectionIndex
    ) throws(PatchRefusal) {
        for section in unit.object.sections where unit.role(section.index) == .code && section.index != code {
            for relocation in unit.relocations[section.index.rawValue] {
                guard try unit.reference(of: relocation, in: section.index).section == table else { continue }
                throw .assembler(
                    unit: unit.source, section: section.name, offset: relocation.offset, .branchIntoSection)
            }
        }
    }

    /// One function of the target may have several names, and then it has them in the fixed source.
    private func requireOneFunctionEach(_ old: SectionIndex, _ new: SectionIndex) throws(PatchRefusal) {
        let after = Dictionary(fixed.owners[new.rawValue].map { ($0.name, $0.value) }) { first, _ in first }
        for (_, names) in Dictionary(grouping: original.owners[old.rawValue], by: \.value) {
            let places = names.compactMap { symbol in after[symbol.name].map { (symbol.name, $0) } }
            guard let first = places.first, let other = places.first(where: { $0.1 != first.1 }) else { continue }
            throw .assembler(
                unit: fixed.source, section: fixed.section(new).name, offset: other.1,
                .dividedFunction(first.0, other.0))
        }
    }
}

/// What a function of assembler is made of, wherever in its section it is.
private struct AssemblerPiece: Hashable {
    /// The code up to the next function, without what relocations fill.
    var bytes: ArraySlice<UInt8>
    /// What the relocated fields refer to, by their distance from the function's beginning.
    var references: [UInt64: ReferenceKey]
    /// How it is unwound.
    var frames: [[UInt8]]
}

extension UnitObject {
    /// The sections of code by their names.
    fileprivate func assemblerSections() throws(PatchRefusal) -> [String: SectionIndex] {
        var sections: [String: SectionIndex] = [:]
        for section in object.sections where role(section.index) == .code {
            guard sections.updateValue(section.index, forKey: section.name) == nil else {
                throw .duplicateSymbol(unit: source, symbol: section.name)
            }
        }
        return sections
    }

    /// The functions of a section by their names; what is before the first one has the section's name.
    fileprivate func assemblerPieces(
        in section: SectionIndex?, naming data: (SectionIndex) -> DatumName
    ) throws(PatchRefusal) -> [String: AssemblerPiece] {
        guard let section else { return [:] }
        let contents = try contents(of: section, naming: data)
        let frames = try CallFrames(of: self)
        let bytes = frames.map { Array(self.section($0.section).contents) } ?? []
        var pieces: [String: AssemblerPiece] = [:]
        func piece(_ range: Range<UInt64>) -> AssemblerPiece {
            let described = frames?.entries.filter { $0.code == section && range.contains($0.start) } ?? []
            var references: [UInt64: ReferenceKey] = [:]
            for (offset, key) in contents.references where range.contains(offset) {
                references[offset - range.lowerBound] = key
            }
            return AssemblerPiece(
                bytes: contents.bytes[Int(range.lowerBound)..<Int(range.upperBound)], references: references,
                // Behind the length, the distance to what is common, and the place: how long it is, and how it is unwound.
                frames: described.map { Array(bytes[$0.common] + bytes[$0.range.dropFirst(12)]) })
        }
        let size = UInt64(contents.bytes.count)
        let first = min(owners[section.rawValue].first?.value ?? size, size)
        if first > 0 { pieces[self.section(section).name] = piece(0..<first) }
        for symbol in owners[section.rawValue] where symbol.size > 0 && symbol.value < size {
            pieces[symbol.name] = piece(symbol.value..<min(symbol.value + symbol.size, size))
        }
        return pieces
    }

    /// Whether a section has data that a process reads.
    fileprivate func holdsData(_ index: SectionIndex) -> Bool {
        switch role(index) {
        case .mergeable, .constant, .variable, .threadLocal: true
        case .code, .hooks, .unsupported, .ignored: false
        }
    }

    /// Whether a field holds the address of a function of assembler.
    func isFunctionAddress(_ reference: Reference, _ type: RelocationType) -> Bool {
        guard let holder = reference.section, FieldShape(type)?.meaning == .absolute else { return false }
        let place = reference.offset &+ UInt64(bitPattern: reference.addend)
        return owners[holder.rawValue].contains { $0.value == place }
    }
}
