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
        guard let tables = relocationSections[section] else { return [] }
        let image = try ELFImage(bytes.rawSpan)
        var relocations: [Relocation] = []
        // Each relocation has bytes of its own.
        var budget = Budget(limit: UInt64(bytes.count), part: image.sections.part(section))
        for index in tables {
            if sections[index.rawValue].type == .implicitRelocations {
                throw .implicitAddends(image.sections.part(index))
            }
            let table = try image.relocationTable(in: index)
            try budget.spend(table.count * MemoryLayout<Elf64_Rela>.size)
            try table.append(to: &relocations, symbolCount: symbols.count)
        }
        return relocations
    }

    /// Which sections hold the relocations of which, as far as they refer to the symbols for linkers.
    static func relocationSections(among sections: [Section]) -> [SectionIndex: [SectionIndex]] {
        var result: [SectionIndex: [SectionIndex]] = [:]
        for section in sections where section.type == .relocations || section.type == .implicitRelocations {
            guard section.info > 0, sections.indices.contains(section.link.rawValue),
                sections[section.link.rawValue].type == .symbolTable
            else { continue }
            result[SectionIndex(rawValue: Int(section.info)), default: []].append(section.index)
        }
        return result
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
