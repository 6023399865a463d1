// SPDX-License-Identifier: Apache-2.0

/// A symbol table with its names, read in place.
@usableFromInline
package struct SymbolTable: ~Escapable {
    /// The symbols.
    @usableFromInline package let records: RecordTable<Elf64_Sym>
    /// Their names.
    package let names: StringTable
    /// For symbols whose section index is `SHN_XINDEX`, the real one; empty if no symbol needs it.
    let extendedIndices: RecordTable<UInt32>
    /// Where the table is, for errors.
    let part: ELFError.Part

    /// Puts a symbol table together.
    @_lifetime(copy records, copy names, copy extendedIndices)
    init(
        records: RecordTable<Elf64_Sym>, names: StringTable, extendedIndices: RecordTable<UInt32>,
        part: ELFError.Part
    ) {
        self.records = records
        self.names = names
        self.extendedIndices = extendedIndices
        self.part = part
    }

    /// The number of symbols, the null symbol included.
    @inlinable
    package var count: Int { records.count }

    /// The positions of all symbols.
    @inlinable
    package var indices: Range<Int> { records.indices }

    /// The symbol at a position that the caller knows to be in the table, as with an array.
    @inlinable
    package subscript(index: SymbolIndex) -> Elf64_Sym { records[index.rawValue] }

    /// A symbol's name.
    ///
    /// - Throws: `ELFError.invalidString` if it is not text.
    package func name(of symbol: Elf64_Sym) throws(ELFError) -> String {
        try names.text(at: UInt64(symbol.st_name))
    }

    /// The section index of a symbol whose `st_shndx` is `SHN_XINDEX`.
    ///
    /// - Throws: `ELFError.missingExtendedIndex` if the file does not have it.
    func extendedSectionIndex(of index: SymbolIndex) throws(ELFError) -> SectionIndex {
        guard let section = extendedIndices[ifPresent: index.rawValue] else {
            throw .missingExtendedIndex(part, symbol: index)
        }
        return SectionIndex(rawValue: Int(section))
    }
}

extension ELFImage {
    /// The symbol table in a section of type `SHT_SYMTAB` or `SHT_DYNSYM`.
    ///
    /// - Throws: `ELFError` if the section, or one that it is linked to, is not as it must be.
    @_lifetime(copy self)
    package func symbolTable(in index: SectionIndex) throws(ELFError) -> SymbolTable {
        let header = try sections.header(at: index)
        let part = sections.part(index)
        guard header.sh_type == SHT_SYMTAB || header.sh_type == SHT_DYNSYM else {
            throw .unexpectedSectionType(part, found: SectionType(rawValue: header.sh_type), expected: .symbolTable)
        }
        return SymbolTable(
            records: try sections.contents(of: index).table(entrySize: header.sh_entsize, as: part),
            names: try stringTable(in: SectionIndex(rawValue: Int(header.sh_link))),
            extendedIndices: try extendedIndices(of: index),
            part: part)
    }

    /// The string table in a section.
    @_lifetime(copy self)
    func stringTable(in index: SectionIndex) throws(ELFError) -> StringTable {
        let header = try sections.header(at: index)
        let part = sections.part(index)
        guard header.sh_type == SHT_STRTAB else {
            throw .unexpectedSectionType(part, found: SectionType(rawValue: header.sh_type), expected: .stringTable)
        }
        return StringTable(try sections.contents(of: index), part: part)
    }

    /// The extended section indices that go with a symbol table; an empty table if it has none.
    @_lifetime(copy self)
    private func extendedIndices(of symbolTable: SectionIndex) throws(ELFError) -> RecordTable<UInt32> {
        for index in sections.indices {
            let header = sections[SectionIndex(rawValue: index)]
            guard header.sh_type == SHT_SYMTAB_SHNDX, header.sh_link == symbolTable.rawValue else { continue }
            let index = SectionIndex(rawValue: index)
            return try sections.contents(of: index).table(entrySize: header.sh_entsize, as: sections.part(index))
        }
        return RecordTable(bytes.extracting(0..<0))
    }
}
