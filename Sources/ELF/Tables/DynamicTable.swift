// SPDX-License-Identifier: Apache-2.0

/// The table from which the dynamic linker learns all it needs.
package struct DynamicTable: ~Escapable {
    /// The entries.
    package let records: RecordTable<Elf64_Dyn>

    /// Views bytes as the dynamic linker's table.
    @_lifetime(copy bytes)
    package init(_ bytes: RawSpan) {
        records = RecordTable(bytes)
    }

    /// The value of the first entry with a tag, or nil.
    package subscript(tag: UInt64) -> UInt64? {
        for index in records.indices {
            let record = records[index]
            // gABI: DT_NULL ends the table; linkers leave spare entries behind it.
            guard record.d_tag != DT_NULL else { return nil }
            if record.d_tag == tag { return record.d_un }
        }
        return nil
    }

    /// The value of an entry that another entry, which is there, cannot do without.
    ///
    /// - Throws: `ELFError.missingDynamicEntry` if it is not there.
    func value(of tag: UInt64, neededBy other: UInt64) throws(ELFError) -> UInt64 {
        guard let value = self[tag] else {
            throw .missingDynamicEntry(DynamicTag(rawValue: tag), neededBy: DynamicTag(rawValue: other))
        }
        return value
    }
}

extension ELFImage {
    /// The dynamic linker's table; without entries if the file is not linked dynamically.
    ///
    /// - Throws: `ELFError` if it is not within the file.
    @_lifetime(copy self)
    package func dynamicTable() throws(ELFError) -> DynamicTable {
        // In a file of debug symbols the section headers tell the truth (no contents), the program headers do not.
        if sections.count > 0 {
            guard let index = sections.first(of: SHT_DYNAMIC) else { return DynamicTable(bytes.extracting(0..<0)) }
            return DynamicTable(try sections.contents(of: index))
        }
        for index in programHeaders.indices where programHeaders[index].p_type == PT_DYNAMIC {
            let header = programHeaders[index]
            return DynamicTable(try bytes.part(at: header.p_offset, size: header.p_filesz, as: .segment(index)))
        }
        return DynamicTable(bytes.extracting(0..<0))
    }

    /// The bytes from a link-time virtual address to the end of its segment's contents in the file.
    ///
    /// - Throws: `ELFError.addressNotInFile` if no segment's contents hold the address.
    @_lifetime(copy self)
    func loadedBytes(from address: UInt64, as part: ELFError.Part) throws(ELFError) -> RawSpan {
        for index in programHeaders.indices {
            let header = programHeaders[index]
            guard header.p_type == PT_LOAD, address >= header.p_vaddr, address - header.p_vaddr < header.p_filesz
            else { continue }
            let segment = try bytes.part(at: header.p_offset, size: header.p_filesz, as: .segment(index))
            return segment.extracting(Int(address - header.p_vaddr)..<segment.byteCount)
        }
        throw .addressNotInFile(part, address: address)
    }

    /// A table that the dynamic linker's table places and measures with two of its entries.
    @_lifetime(copy self)
    func dynamicPart(
        _ tag: UInt64, size sizeTag: UInt64, of table: borrowing DynamicTable
    ) throws(ELFError) -> RawSpan {
        let part = ELFError.Part.dynamic(DynamicTag(rawValue: tag))
        guard let address = table[tag] else { return bytes.extracting(0..<0) }
        let size = try table.value(of: sizeTag, neededBy: tag)
        guard size > 0 else { return bytes.extracting(0..<0) }
        return try loadedBytes(from: address, as: part).part(at: 0, size: size, as: part)
    }
}
