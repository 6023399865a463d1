// SPDX-License-Identifier: Apache-2.0

extension ObjectFile {
    /// The relocations that apply to a section, in the file's order; their symbols are `symbols`.
    ///
    /// In a linked file these are what the linker kept (`--emit-relocs`): their offsets are addresses. What the loader
    /// applies is in `dynamicRelocations`.
    ///
    /// - Parameter section: the section that is relocated.
    /// - Returns: the relocations; none for a section without any.
    /// - Throws: `ELFError` if a relocation section is not as it must be, or refers to a symbol that is not there.
    package func relocations(of section: SectionIndex) throws(ELFError) -> [Relocation] {
        guard section.rawValue > 0 else { return [] }
        let image = try ELFImage(bytes.rawSpan)
        var relocations: [Relocation] = []
        for candidate in sections where candidate.info == section.rawValue {
            guard self.section(at: candidate.link)?.type == .symbolTable else { continue }
            let part = ELFError.Part.section(candidate.index, name: candidate.name)
            if candidate.type == .implicitRelocations { throw .implicitAddends(part) }
            guard candidate.type == .relocations else { continue }
            try image.relocationTable(in: candidate.index).append(to: &relocations, symbolCount: symbols.count)
        }
        return relocations
    }
}

extension ELFImage {
    /// What the loader relocates: its tables in the order in which it applies them.
    func allDynamicRelocations(symbolCount: Int) throws(ELFError) -> [Relocation] {
        let dynamic = try dynamicTable()
        var relocations: [Relocation] = []
        try packedRelocationTable(dynamic).forEachAddress { address throws(ELFError) in
            // The addend of a packed relocation is what the file has at the place.
            let part = ELFError.Part.dynamic(DynamicTag(rawValue: DT_RELR))
            let addend: UInt64 = try loadedBytes(from: address, as: part).record(at: 0, of: part)
            relocations.append(
                Relocation(offset: address, type: .relative, symbol: .null, addend: Int64(bitPattern: addend)))
        }
        try dynamicRelocationTable(dynamic).append(to: &relocations, symbolCount: symbolCount)
        try linkageRelocationTable(dynamic).append(to: &relocations, symbolCount: symbolCount)
        return relocations
    }
}

extension RelocationTable {
    /// Adds all relocations to a list, once their symbols are known to exist.
    func append(to relocations: inout [Relocation], symbolCount: Int) throws(ELFError) {
        relocations.reserveCapacity(relocations.count + count)
        for index in indices {
            let relocation = Relocation(self[index])
            guard relocation.symbol == .null || relocation.symbol.rawValue < symbolCount else {
                throw .indexOutOfRange(
                    .symbols, index: UInt64(relocation.symbol.rawValue), count: UInt64(symbolCount))
            }
            relocations.append(relocation)
        }
    }
}
