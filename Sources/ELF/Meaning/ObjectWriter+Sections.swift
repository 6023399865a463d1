// SPDX-License-Identifier: Apache-2.0

extension ObjectWriter {
    /// A section as it goes into the file, but for its offset.
    struct OutputSection {
        let name: String
        var header: Elf64_Shdr
        let contents: [UInt8]
    }

    /// All sections in their order in the file: null, those added, relocations, symbols, names.
    func outputSections() throws(ELFError) -> [OutputSection] {
        let order = symbolOrder()
        let relocated = relocations.keys.sorted()
        let separate = separateRelocations.keys.sorted { ($0.section, $0.name) < ($1.section, $1.name) }
        let symbolTableIndex = 1 + sections.count + relocated.count + separate.count
        // Relocations refer to a symbol table even if none of them names a symbol.
        let needsSymbols = !symbols.isEmpty || !relocated.isEmpty || !separate.isEmpty
        let symbolTable = needsSymbols ? try symbolSections(order, at: symbolTableIndex) : []

        var output = [OutputSection(name: "", header: Elf64_Shdr(type: .null), contents: [])]
        for (position, section) in sections.enumerated() {
            output.append(try outputSection(section, at: position + 1, symbolTable: symbolTableIndex))
        }
        for section in relocated {
            output.append(
                try relocationSection(
                    relocations[section] ?? [], of: section, order: order, symbolTable: symbolTableIndex))
        }
        for table in separate {
            output.append(
                try relocationSection(
                    separateRelocations[table] ?? [], of: table.section, named: table.name, flags: table.flags,
                    order: order, symbolTable: symbolTableIndex))
        }
        output += symbolTable

        var names = StringTableBuilder()
        let namesName = ".shstrtab"
        for index in output.indices {
            output[index].header.sh_name = try names.offset(of: output[index].name)
        }
        var header = Elf64_Shdr(type: .stringTable)
        header.sh_name = try names.offset(of: namesName)
        header.sh_size = UInt64(names.bytes.count)
        output.append(OutputSection(name: namesName, header: header, contents: names.bytes))
        return output
    }

    private func outputSection(
        _ section: SectionDraft, at index: Int, symbolTable: Int
    ) throws(ELFError) -> OutputSection {
        guard section.alignment & (section.alignment &- 1) == 0 else {
            throw .invalidAlignment(section: section.name, alignment: section.alignment)
        }
        var header = Elf64_Shdr(type: section.type)
        header.sh_flags = section.flags.rawValue
        header.sh_addr = section.address
        header.sh_size = section.size
        header.sh_addralign = section.alignment
        header.sh_entsize = section.entrySize
        header.sh_info = section.info
        switch section.link {
        case .none: break
        case .section(let link): header.sh_link = UInt32(try checked(link))
        case .symbolTable: header.sh_link = UInt32(symbolTable)
        }
        return OutputSection(name: section.name, header: header, contents: section.contents)
    }

    private func relocationSection(
        _ relocations: [PendingRelocation], of section: SectionIndex, named name: String? = nil,
        flags: SectionFlags = [], order: [Int], symbolTable: Int
    ) throws(ELFError) -> OutputSection {
        let relocated = sections[try checked(section) - 1]
        var indices = [UInt64](repeating: 0, count: symbols.count)
        for (index, position) in order.enumerated() { indices[position] = UInt64(index + 1) }
        var contents: [UInt8] = []
        for relocation in relocations {
            var symbol: UInt64 = 0
            if let reference = relocation.symbol {
                guard indices.indices.contains(reference.position) else {
                    throw .indexOutOfRange(
                        .symbols, index: UInt64(reference.position), count: UInt64(symbols.count))
                }
                symbol = indices[reference.position]
            }
            contents.append(
                Elf64_Rela(
                    r_offset: relocation.offset, r_info: symbol << 32 | UInt64(relocation.type.rawValue),
                    r_addend: relocation.addend))
        }
        var header = Elf64_Shdr(type: .relocations)
        header.sh_flags = SHF_INFO_LINK | flags.rawValue
        header.sh_size = UInt64(contents.count)
        header.sh_link = UInt32(symbolTable)
        header.sh_info = UInt32(section.rawValue)
        header.sh_addralign = 8
        header.sh_entsize = UInt64(MemoryLayout<Elf64_Rela>.size)
        return OutputSection(name: name ?? ".rela" + relocated.name, header: header, contents: contents)
    }

    /// The position of a section that was added.
    func checked(_ section: SectionIndex) throws(ELFError) -> Int {
        guard sections.indices.contains(section.rawValue &- 1) else {
            throw .indexOutOfRange(
                .sectionHeaders, index: UInt64(bitPattern: Int64(section.rawValue)), count: UInt64(sections.count + 1))
        }
        return section.rawValue
    }
}

extension Elf64_Shdr {
    /// A header of which only the type is known.
    init(type: SectionType) {
        sh_name = 0
        sh_type = type.rawValue
        sh_flags = 0
        sh_addr = 0
        sh_offset = 0
        sh_size = 0
        sh_link = 0
        sh_info = 0
        sh_addralign = type == .null ? 0 : 1
        sh_entsize = 0
    }
}
