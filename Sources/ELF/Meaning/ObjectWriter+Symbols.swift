// SPDX-License-Identifier: Apache-2.0

extension ObjectWriter {
    /// The positions of the symbols in the order of the file, which has local symbols first (gABI, `sh_info`).
    func symbolOrder() -> [Int] {
        symbols.indices.filter { symbols[$0].binding == .local }
            + symbols.indices.filter { symbols[$0].binding != .local }
    }

    /// The symbol table, the section indices that do not fit into it, and the symbols' names.
    func symbolSections(_ order: [Int], at index: Int) throws(ELFError) -> [OutputSection] {
        var names = StringTableBuilder()
        var contents: [UInt8] = []
        var extendedIndices: [UInt8] = []
        var needsExtendedIndices = false
        contents.append(Elf64_Sym(st_name: 0, st_info: 0, st_other: 0, st_shndx: 0, st_value: 0, st_size: 0))
        extendedIndices.append(UInt32(0))
        for position in order {
            let symbol = symbols[position]
            let section = try sectionNumber(of: symbol)
            contents.append(
                Elf64_Sym(
                    st_name: try names.offset(of: symbol.name),
                    st_info: symbol.binding.rawValue << 4 | symbol.kind.rawValue & 0xf,
                    st_other: symbol.visibility.rawValue,
                    st_shndx: section.short,
                    st_value: symbol.value,
                    st_size: symbol.size))
            extendedIndices.append(section.extended)
            needsExtendedIndices = needsExtendedIndices || section.short == SHN_XINDEX
        }

        var table = Elf64_Shdr(type: .symbolTable)
        table.sh_size = UInt64(contents.count)
        table.sh_link = UInt32(index + (needsExtendedIndices ? 2 : 1))
        // gABI: one more than the index of the last local symbol.
        table.sh_info = UInt32(1 + symbols.count { $0.binding == .local })
        table.sh_addralign = 8
        table.sh_entsize = UInt64(MemoryLayout<Elf64_Sym>.size)
        var output = [OutputSection(name: ".symtab", header: table, contents: contents)]
        if needsExtendedIndices {
            var header = Elf64_Shdr(type: .extendedIndices)
            header.sh_size = UInt64(extendedIndices.count)
            header.sh_link = UInt32(index)
            header.sh_addralign = 4
            header.sh_entsize = 4
            output.append(OutputSection(name: ".symtab_shndx", header: header, contents: extendedIndices))
        }
        var header = Elf64_Shdr(type: .stringTable)
        header.sh_size = UInt64(names.bytes.count)
        output.append(OutputSection(name: ".strtab", header: header, contents: names.bytes))
        return output
    }

    /// What goes into `st_shndx`, and what into the extended index if that is `SHN_XINDEX`.
    private func sectionNumber(of symbol: SymbolDraft) throws(ELFError) -> (short: UInt16, extended: UInt32) {
        switch symbol.place {
        case .undefined: return (SHN_UNDEF, 0)
        case .absolute: return (SHN_ABS, 0)
        case .common: return (SHN_COMMON, 0)
        case .reserved(let number):
            guard number >= SHN_LORESERVE, number != SHN_XINDEX else {
                throw .indexOutOfRange(.sectionHeaders, index: UInt64(number), count: UInt64(sections.count + 1))
            }
            return (number, 0)
        case .section(let section):
            let index = try checked(section)
            return index < SHN_LORESERVE ? (UInt16(index), 0) : (SHN_XINDEX, UInt32(index))
        }
    }
}
