// SPDX-License-Identifier: Apache-2.0

internal import ELF

/// What a relocated field of a kernel object refers to.
struct KernelReference: Hashable {
    /// Where the field is, from the beginning of what was asked for.
    var offset: UInt64
    /// How the value is computed.
    var type: RelocationType
    /// What it refers to.
    var target: Target
    /// What is added to the target's address.
    var addend: Int64

    enum Target: Hashable {
        /// A symbol of another unit.
        case external(String)
        /// A function or datum of the unit, by position, from its beginning.
        case piece(Int)
        /// A constant without a name, which can be copied.
        case constant([UInt8], alignment: UInt64)
        /// Code that replaces an alternative.
        case replacement(SectionIndex)
    }
}

extension KernelUnit {
    /// What a range of a section refers to, in order of the fields.
    ///
    /// - Throws: ``KernelRefusal`` for a relocation or a symbol that is not known here.
    func references(in index: SectionIndex, _ range: Range<UInt64>) throws(KernelRefusal) -> [KernelReference] {
        var references: [KernelReference] = []
        for relocation in relocations(in: index, range) where relocation.type != .none {
            var reference = try reference(of: relocation, in: index)
            reference.offset = relocation.offset - range.lowerBound
            references.append(reference)
        }
        let branches = resolvedBranches(in: index, range)
        guard !branches.isEmpty else { return references }
        for branch in branches {
            references.append(try reference(of: branch, in: index, from: range.lowerBound))
        }
        return references.sorted { $0.offset < $1.offset }
    }

    /// A branch within a section as the reference that it would be between sections.
    private func reference(
        of branch: CodeMap.Branch, in index: SectionIndex, from start: UInt64
    ) throws(KernelRefusal) -> KernelReference {
        guard let target = piece(in: index, at: branch.destination) else {
            throw .unsupportedSymbol(
                unit: name, symbol: section(index).name, section: section(index).name, offset: branch.field)
        }
        let place = Int64(bitPattern: branch.destination &- pieces[target].range.lowerBound)
        return KernelReference(offset: branch.field - start, type: .pc32, target: .piece(target), addend: place &- 4)
    }

    /// What one relocation refers to.
    func reference(of relocation: Relocation, in index: SectionIndex) throws(KernelRefusal) -> KernelReference {
        guard let shape = FieldShape(relocation.type), shape.before == 0, shape.meaning != .threadLocal else {
            throw .unsupportedRelocation(
                unit: name, section: section(index).name, offset: relocation.offset,
                type: relocation.type.description)
        }
        func made(_ target: KernelReference.Target, _ addend: Int64) -> KernelReference {
            // A call through the linkage table is one to the function in a kernel, which has no such table.
            let type = relocation.type == .plt32 ? RelocationType.pc32 : relocation.type
            return KernelReference(offset: relocation.offset, type: type, target: target, addend: addend)
        }
        guard object.symbols.indices.contains(relocation.symbol.rawValue) else {
            throw unsupportedSymbol("#\(relocation.symbol.rawValue)", relocation, index)
        }
        let symbol = object.symbols[relocation.symbol.rawValue]
        guard case .section(let holder) = symbol.place else {
            guard symbol.place == .undefined, !symbol.name.isEmpty else {
                throw unsupportedSymbol(symbol.name, relocation, index)
            }
            return made(.external(symbol.name), relocation.addend)
        }
        let raw = Int64(bitPattern: symbol.value) &+ relocation.addend
        let isNamed = symbol.kind == .function || symbol.kind == .object
        let bias = shape.meaning == .relative && !isNamed ? try bias(of: relocation, in: index, toward: symbol) : 0
        let place = isNamed ? symbol.value : UInt64(bitPattern: raw &+ bias)
        switch role(holder) {
        case .merged:
            let (constant, alignment) = try constant(in: holder, at: place, for: relocation, of: index)
            return made(.constant(constant, alignment: alignment), raw &- Int64(bitPattern: place))
        case .replacements:
            return made(.replacement(holder), raw)
        case .code, .fragments, .initialization, .constants, .variables, .table:
            guard let piece = piece(in: holder, at: place) else {
                throw unsupportedSymbol(symbol.name.isEmpty ? section(holder).name : symbol.name, relocation, index)
            }
            return made(.piece(piece), raw &- Int64(bitPattern: pieces[piece].range.lowerBound))
        case .special, .ignored:
            throw unsupportedSymbol(symbol.name.isEmpty ? section(holder).name : symbol.name, relocation, index)
        }
    }

    /// How far behind a field a processor begins to count: distances are from the instruction's end.
    private func bias(
        of relocation: Relocation, in index: SectionIndex, toward symbol: Symbol
    ) throws(KernelRefusal) -> Int64 {
        if let end = instructionEnd(around: relocation.offset, in: index) {
            return Int64(bitPattern: end &- relocation.offset)
        }
        // Data counts from the field.
        guard section(index).flags.contains(.execute) else { return 0 }
        throw unsupportedSymbol(symbol.name, relocation, index)
    }

    private func constant(
        in holder: SectionIndex, at place: UInt64, for relocation: Relocation, of index: SectionIndex
    ) throws(KernelRefusal) -> ([UInt8], UInt64) {
        let section = section(holder)
        let size = Int(clamping: section.entrySize)
        guard place < section.size, let start = Int(exactly: place), size <= section.contents.count else {
            throw unsupportedSymbol(section.name, relocation, index)
        }
        let rest = section.contents.dropFirst(start)
        guard section.flags.contains(.strings) else { return (Array(rest.prefix(size)), section.alignment) }
        var end = rest.startIndex
        // Characters may be wider than a byte.
        while end <= rest.endIndex - size, rest[end..<end + size].contains(where: { $0 != 0 }) { end += size }
        return (Array(rest[..<min(end + size, rest.endIndex)]), max(1, section.alignment))
    }

    private func unsupportedSymbol(
        _ symbol: String, _ relocation: Relocation, _ index: SectionIndex
    ) -> KernelRefusal {
        .unsupportedSymbol(
            unit: name, symbol: symbol, section: section(index).name, offset: relocation.offset)
    }
}
