// SPDX-License-Identifier: Apache-2.0

extension ELFImage {
    /// The relocations in a section of type `SHT_RELA`.
    ///
    /// - Throws: `ELFError` if the section is not as it must be.
    @_lifetime(copy self)
    package func relocationTable(in index: SectionIndex) throws(ELFError) -> RelocationTable {
        let header = try sections.header(at: index)
        return try sections.contents(of: index).table(entrySize: header.sh_entsize, as: sections.part(index))
    }

    /// The relocations that the loader applies at the start, `DT_RELA`.
    @_lifetime(copy self)
    func dynamicRelocationTable(_ dynamic: borrowing DynamicTable) throws(ELFError) -> RelocationTable {
        try dynamicPart(DT_RELA, size: DT_RELASZ, of: dynamic).table(
            entrySize: dynamic[DT_RELAENT] ?? UInt64(MemoryLayout<Elf64_Rela>.size),
            as: .dynamic(DynamicTag(rawValue: DT_RELA)))
    }

    /// The relocations of the procedure linkage table, `DT_JMPREL`, unless they are the end of `DT_RELA`.
    @_lifetime(copy self)
    func linkageRelocationTable(_ dynamic: borrowing DynamicTable) throws(ELFError) -> RelocationTable {
        let part = ELFError.Part.dynamic(DynamicTag(rawValue: DT_JMPREL))
        guard let address = dynamic[DT_JMPREL] else { return RecordTable(bytes.extracting(0..<0)) }
        guard try dynamic.value(of: DT_PLTREL, neededBy: DT_JMPREL) == DT_RELA else { throw .implicitAddends(part) }
        if let start = dynamic[DT_RELA], let size = dynamic[DT_RELASZ], address >= start, address - start < size {
            // Some linkers count these among the others, too.
            return RecordTable(bytes.extracting(0..<0))
        }
        return try dynamicPart(DT_JMPREL, size: DT_PLTRELSZ, of: dynamic).table(
            entrySize: UInt64(MemoryLayout<Elf64_Rela>.size), as: part)
    }

    /// The packed relative relocations, `DT_RELR`.
    @_lifetime(copy self)
    func packedRelocationTable(_ dynamic: borrowing DynamicTable) throws(ELFError) -> PackedRelocationTable {
        PackedRelocationTable(
            try dynamicPart(DT_RELR, size: DT_RELRSZ, of: dynamic).table(
                entrySize: 8, as: .dynamic(DynamicTag(rawValue: DT_RELR))))
    }
}
