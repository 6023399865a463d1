// SPDX-License-Identifier: Apache-2.0

extension ELFImage {
    /// The dynamic linker's symbol table, found as the dynamic linker finds it; nil if there is none.
    ///
    /// - Throws: `ELFError` if what the dynamic linker's table says does not hold.
    @_lifetime(copy self)
    package func dynamicSymbolTable() throws(ELFError) -> SymbolTable? {
        let dynamic = try dynamicTable()
        guard let address = dynamic[DT_SYMTAB] else { return nil }
        let part = ELFError.Part.dynamic(DynamicTag(rawValue: DT_SYMTAB))
        let entrySize = dynamic[DT_SYMENT] ?? UInt64(MemoryLayout<Elf64_Sym>.size)
        let count = try dynamicSymbolCount(dynamic, symbolTable: address)
        return SymbolTable(
            records: try loadedBytes(from: address, as: part).table(
                at: 0, count: count, entrySize: entrySize, as: part),
            names: try dynamicStringTable(dynamic),
            extendedIndices: RecordTable(bytes.extracting(0..<0)),
            part: part)
    }

    /// The dynamic linker's string table.
    @_lifetime(copy self)
    func dynamicStringTable(_ dynamic: borrowing DynamicTable) throws(ELFError) -> StringTable {
        StringTable(
            try dynamicPart(DT_STRTAB, size: DT_STRSZ, of: dynamic),
            part: .dynamic(DynamicTag(rawValue: DT_STRTAB)))
    }

    /// The number of dynamic symbols, which the dynamic linker's table does not say.
    private func dynamicSymbolCount(
        _ dynamic: borrowing DynamicTable, symbolTable address: UInt64
    ) throws(ELFError) -> UInt64 {
        for index in sections.indices {
            let header = sections[SectionIndex(rawValue: index)]
            guard header.sh_type == SHT_DYNSYM, header.sh_addr == address else { continue }
            return header.sh_size / UInt64(MemoryLayout<Elf64_Sym>.size)
        }
        if let hash = dynamic[DT_HASH] {
            // gABI: the second word of the hash table is the number of chains, which is that of the symbols.
            let part = ELFError.Part.dynamic(DynamicTag(rawValue: DT_HASH))
            return UInt64(try loadedBytes(from: hash, as: part).record(UInt32.self, at: 4, of: part))
        }
        // A GNU hash table leaves out what cannot be looked up; relocations may still refer to that.
        let hashed = try dynamic[DT_GNU_HASH].map { hash throws(ELFError) in try gnuHashSymbolCount(at: hash) } ?? 0
        return max(hashed, try highestRelocationSymbol(dynamic) + 1)
    }

    /// One more than the highest symbol index in a `DT_GNU_HASH` table.
    private func gnuHashSymbolCount(at address: UInt64) throws(ELFError) -> UInt64 {
        let part = ELFError.Part.dynamic(DynamicTag(rawValue: DT_GNU_HASH))
        let table = try loadedBytes(from: address, as: part)
        let bucketCount = UInt64(try table.record(UInt32.self, at: 0, of: part))
        let firstSymbol = UInt64(try table.record(UInt32.self, at: 4, of: part))
        let bloomCount = UInt64(try table.record(UInt32.self, at: 8, of: part))
        // 32-bit numbers times small constants: none of these sums overflows.
        let bucketsOffset = 16 + bloomCount * 8
        let buckets: RecordTable<UInt32> = try table.table(
            at: bucketsOffset, count: bucketCount, entrySize: 4, as: part)
        var last: UInt64 = 0
        for index in buckets.indices { last = max(last, UInt64(buckets[index])) }
        guard last >= firstSymbol, last > 0 else { return firstSymbol }
        // The chain of the last bucket ends, with its lowest bit set, at the last symbol.
        let chainsOffset = bucketsOffset + bucketCount * 4
        while try table.record(UInt32.self, at: chainsOffset + (last - firstSymbol) * 4, of: part) & 1 == 0 {
            last += 1
        }
        return last + 1
    }

    /// The highest symbol index to which a dynamic relocation refers.
    private func highestRelocationSymbol(_ dynamic: borrowing DynamicTable) throws(ELFError) -> UInt64 {
        let data = try dynamicRelocationTable(dynamic)
        let linkage = try linkageRelocationTable(dynamic)
        var highest: UInt64 = 0
        for index in data.indices { highest = max(highest, data[index].r_info >> 32) }
        for index in linkage.indices { highest = max(highest, linkage[index].r_info >> 32) }
        return highest
    }
}
