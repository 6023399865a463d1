// SPDX-License-Identifier: Apache-2.0

/// The section headers of a file, with their names and contents.
package struct SectionTable: ~Escapable {
    /// The whole file.
    let file: RawSpan
    /// The headers.
    package let records: RecordTable<Elf64_Shdr>
    /// The names; empty if the file has none.
    let names: StringTable

    /// Finds the section headers of a file, with the extended numbering of the gABI where it is used.
    @_lifetime(copy file)
    init(of file: RawSpan, header: Elf64_Ehdr) throws(ELFError) {
        self.file = file
        guard header.e_shoff != 0 else {
            records = RecordTable(file.extracting(0..<0))
            names = StringTable(file.extracting(0..<0), part: .sectionHeaders)
            return
        }
        // gABI: a count or an index that does not fit into the file header is in section 0, which then exists.
        var count = UInt64(header.e_shnum)
        var namesIndex = Int(header.e_shstrndx)
        if header.e_shnum == 0 || header.e_shstrndx == SHN_XINDEX {
            let first: Elf64_Shdr = try file.record(at: header.e_shoff, of: .sectionHeaders)
            if header.e_shnum == 0 { count = first.sh_size }
            if header.e_shstrndx == SHN_XINDEX { namesIndex = Int(first.sh_link) }
        }
        records = try file.table(
            at: header.e_shoff, count: count, entrySize: UInt64(header.e_shentsize), as: .sectionHeaders)

        let namesPart = ELFError.Part.section(SectionIndex(rawValue: namesIndex), name: nil)
        guard namesIndex != SHN_UNDEF else {
            names = StringTable(file.extracting(0..<0), part: namesPart)
            return
        }
        guard let record = records[ifPresent: namesIndex] else {
            throw .indexOutOfRange(.sectionHeaders, index: UInt64(namesIndex), count: UInt64(records.count))
        }
        guard record.sh_type == SHT_STRTAB else {
            throw .unexpectedSectionType(
                namesPart, found: SectionType(rawValue: record.sh_type), expected: .stringTable)
        }
        names = StringTable(
            try file.part(at: record.sh_offset, size: record.sh_size, as: namesPart), part: namesPart)
    }

    /// The number of sections, the null section included.
    package var count: Int { records.count }

    /// The indices of all sections.
    package var indices: Range<Int> { records.indices }

    /// The header of a section that the caller knows to exist, as with an array.
    package subscript(index: SectionIndex) -> Elf64_Shdr { records[index.rawValue] }

    /// The header of a section whose index came from a file.
    ///
    /// - Throws: `ELFError.indexOutOfRange` if there is no such section.
    package func header(at index: SectionIndex) throws(ELFError) -> Elf64_Shdr {
        guard let record = records[ifPresent: index.rawValue] else {
            throw .indexOutOfRange(
                .sectionHeaders, index: UInt64(bitPattern: Int64(index.rawValue)), count: UInt64(count))
        }
        return record
    }

    /// A section's name.
    ///
    /// - Throws: `ELFError` if there is no such section or its name is not text.
    package func name(of index: SectionIndex) throws(ELFError) -> String {
        guard names.byteCount > 0 else { return "" }
        return try names.text(at: UInt64(header(at: index).sh_name))
    }

    /// A section's bytes in the file; none for sections that are only in memory.
    ///
    /// - Throws: `ELFError` if there is no such section or if it is not within the file.
    @_lifetime(copy self)
    package func contents(of index: SectionIndex) throws(ELFError) -> RawSpan {
        let header = try header(at: index)
        // Section 0 uses its size for extended numbering; an empty section's offset says nothing.
        guard header.sh_type != SHT_NULL, header.sh_type != SHT_NOBITS, header.sh_size > 0 else {
            return file.extracting(0..<0)
        }
        guard let contents = file.part(at: header.sh_offset, size: header.sh_size) else {
            throw .truncated(
                part(index), offset: header.sh_offset, needed: header.sh_size, available: UInt64(file.byteCount))
        }
        return contents
    }

    /// The first section of a type, or nil.
    package func first(of type: UInt32) -> SectionIndex? {
        for index in indices where records[index].sh_type == type {
            return SectionIndex(rawValue: index)
        }
        return nil
    }

    /// How errors name a section.
    func part(_ index: SectionIndex) -> ELFError.Part {
        .section(index, name: try? name(of: index))
    }
}
