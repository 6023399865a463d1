// SPDX-License-Identifier: Apache-2.0

extension ELFImage {
    /// The symbols for linkers and debuggers; none if the file is stripped.
    func allSymbols(sectionCount: Int) throws(ELFError) -> [Symbol] {
        guard let index = sections.first(of: SHT_SYMTAB) else { return [] }
        let table = try symbolTable(in: index)
        var symbols: [Symbol] = []
        symbols.reserveCapacity(table.count)
        var budget = Budget.texts(ofFileOfSize: bytes.byteCount, in: table.part)
        for position in table.indices {
            let symbol = try table.symbol(at: SymbolIndex(rawValue: position))
            try budget.spend(symbol.name.utf8.count)
            if case .section(let section) = symbol.place, section.rawValue >= sectionCount {
                throw .indexOutOfRange(.sectionHeaders, index: UInt64(section.rawValue), count: UInt64(sectionCount))
            }
            symbols.append(symbol)
        }
        return symbols
    }

    /// The dynamic linker's symbols with their versions; none if the file is not linked dynamically.
    func allDynamicSymbols() throws(ELFError) -> [Symbol] {
        guard let table = try dynamicSymbolTable() else { return [] }
        let versions = try versionTable(try dynamicTable(), symbolCount: table.count)
        var symbols: [Symbol] = []
        symbols.reserveCapacity(table.count)
        var budget = Budget.texts(ofFileOfSize: bytes.byteCount, in: table.part)
        for position in table.indices {
            let symbol = try table.symbol(at: SymbolIndex(rawValue: position), versions: versions)
            try budget.spend(symbol.name.utf8.count)
            symbols.append(symbol)
        }
        return symbols
    }
}

extension SymbolTable {
    /// A symbol without a version.
    func symbol(at index: SymbolIndex) throws(ELFError) -> Symbol {
        try symbol(at: index, version: nil)
    }

    /// A symbol with the version that a version table gives it.
    func symbol(at index: SymbolIndex, versions: borrowing VersionTable) throws(ELFError) -> Symbol {
        let isDefined = self[index].st_shndx != SHN_UNDEF
        return try symbol(at: index, version: versions.version(of: index, isDefined: isDefined))
    }

    private func symbol(
        at index: SymbolIndex, version: (name: String, isHidden: Bool)?
    ) throws(ELFError) -> Symbol {
        let record = self[index]
        return Symbol(
            index: index,
            name: try name(of: record),
            value: record.st_value,
            size: record.st_size,
            kind: SymbolKind(rawValue: record.st_info & 0xf),
            binding: SymbolBinding(rawValue: record.st_info >> 4),
            visibility: SymbolVisibility(lowestBitsOf: record.st_other),
            place: try place(of: record, at: index),
            version: version?.name,
            hasHiddenVersion: version?.isHidden ?? false)
    }

    private func place(of record: Elf64_Sym, at index: SymbolIndex) throws(ELFError) -> SymbolPlace {
        switch record.st_shndx {
        case SHN_UNDEF: .undefined
        case SHN_ABS: .absolute
        case SHN_COMMON: .common
        case SHN_XINDEX: .section(try extendedSectionIndex(of: index))
        case SHN_LORESERVE...: .reserved(record.st_shndx)
        default: .section(SectionIndex(rawValue: Int(record.st_shndx)))
        }
    }
}

extension SymbolVisibility {
    /// The visibility in `st_other`, whose upper bits are a processor's own.
    init(lowestBitsOf other: UInt8) {
        switch other & 3 {
        case 0: self = .default
        case 1: self = .internal
        case 2: self = .hidden
        default: self = .protected
        }
    }
}
