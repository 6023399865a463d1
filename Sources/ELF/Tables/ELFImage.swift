// SPDX-License-Identifier: Apache-2.0

/// A whole ELF file in somebody else's bytes: the header, and the tables it leads to, read in place.
///
/// Nothing is copied and nothing but the header tables is checked until it is asked for, so that one question about a
/// large file costs what the answer costs. `ObjectFile` is the owned, completely checked form.
package struct ELFImage: ~Escapable {
    /// The whole file.
    package let bytes: RawSpan
    /// The file header.
    package let header: Elf64_Ehdr
    /// The program headers.
    package let programHeaders: ProgramHeaderTable
    /// The section headers.
    package let sections: SectionTable

    /// Reads the header and finds the header tables.
    ///
    /// - Parameter bytes: the whole file.
    /// - Throws: `ELFError` if this is not an x86-64 ELF file, or if a header table is not within it.
    @_lifetime(copy bytes)
    package init(_ bytes: RawSpan) throws(ELFError) {
        self.bytes = bytes
        header = try Elf64_Ehdr(parsing: bytes)
        programHeaders = try bytes.programHeaders(header)
        sections = try SectionTable(of: bytes, header: header)
    }
}

/// The program headers of a file.
package typealias ProgramHeaderTable = RecordTable<Elf64_Phdr>

/// Relocations with addends.
package typealias RelocationTable = RecordTable<Elf64_Rela>

extension RawSpan {
    /// The program headers that a file's or a mapped image's header leads to.
    @_lifetime(copy self)
    func programHeaders(_ header: Elf64_Ehdr) throws(ELFError) -> ProgramHeaderTable {
        guard header.e_phoff != 0, header.e_phnum != 0 else { return RecordTable(extracting(0..<0)) }
        var count = UInt64(header.e_phnum)
        if header.e_phnum == PN_XNUM, header.e_shoff != 0 {
            // gABI: the count does not fit, and section 0 holds it.
            let first: Elf64_Shdr = try record(at: header.e_shoff, of: .sectionHeaders)
            count = UInt64(first.sh_info)
        }
        return try table(
            at: header.e_phoff, count: count, entrySize: UInt64(header.e_phentsize), as: .programHeaders)
    }

    /// A table whose place, length and entry size came from a file.
    @_lifetime(copy self)
    func table<Record: RawRecord>(
        at offset: UInt64, count: UInt64, entrySize: UInt64, as part: ELFError.Part
    ) throws(ELFError) -> RecordTable<Record> {
        let expected = UInt64(MemoryLayout<Record>.size)
        guard entrySize == expected else {
            throw .unexpectedEntrySize(part, found: entrySize, expected: expected)
        }
        let (size, overflow) = count.multipliedReportingOverflow(by: expected)
        return RecordTable(try self.part(at: offset, size: overflow ? .max : size, as: part))
    }

    /// All of these bytes as a table, for which they must have the right length.
    @_lifetime(copy self)
    func table<Record: RawRecord>(entrySize: UInt64, as part: ELFError.Part) throws(ELFError) -> RecordTable<Record> {
        let expected = UInt64(MemoryLayout<Record>.size)
        guard entrySize == expected else {
            throw .unexpectedEntrySize(part, found: entrySize, expected: expected)
        }
        guard byteCount.isMultiple(of: Int(expected)) else {
            throw .partialEntry(part, size: UInt64(byteCount), entrySize: expected)
        }
        return RecordTable(self)
    }
}
