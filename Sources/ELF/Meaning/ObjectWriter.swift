// SPDX-License-Identifier: Apache-2.0

/// Puts an ELF file together from sections, symbols, relocations and segments.
///
/// The symbol table, the string tables and the relocation sections are written after the sections that were added, in
/// the way that `readelf` and `eu-elflint` expect.
///
///     var writer = ObjectWriter(type: .relocatable)
///     let text = writer.add(SectionDraft(name: ".text", flags: [.allocate, .execute], contents: code))
///     let main = writer.add(SymbolDraft(name: "main", size: 16, kind: .function, place: .section(text)))
///     writer.addRelocation(at: 1, of: text, type: .plt32, symbol: main, addend: -4)
///     let bytes = try writer.write()
package struct ObjectWriter: Sendable {
    /// What the file is for.
    package var type: FileType
    /// The architecture.
    package var machine: Machine
    /// The virtual address at which the program starts, or zero.
    package var entry: UInt64

    var sections: [SectionDraft] = []
    var symbols: [SymbolDraft] = []
    var segments: [SegmentDraft] = []
    var relocations: [SectionIndex: [PendingRelocation]] = [:]
    var separateRelocations: [SeparateTable: [PendingRelocation]] = [:]

    /// Starts an empty file.
    package init(type: FileType, machine: Machine = .x86_64, entry: UInt64 = 0) {
        self.type = type
        self.machine = machine
        self.entry = entry
    }

    /// Adds a section.
    ///
    /// - Parameter section: the section.
    /// - Returns: the index that it will have in the file.
    package mutating func add(_ section: SectionDraft) -> SectionIndex {
        sections.append(section)
        return SectionIndex(rawValue: sections.count)
    }

    /// Adds a symbol.
    ///
    /// - Parameter symbol: the symbol.
    /// - Returns: how relocations refer to it; its index in the file is known only when all symbols are.
    package mutating func add(_ symbol: SymbolDraft) -> SymbolReference {
        symbols.append(symbol)
        return SymbolReference(position: symbols.count - 1)
    }

    /// Adds a segment.
    package mutating func add(_ segment: SegmentDraft) {
        segments.append(segment)
    }

    /// Adds a relocation.
    ///
    /// - Parameters:
    ///   - offset: the place, an offset in the section (relocatable files) or a virtual address (others).
    ///   - section: the section that is relocated.
    ///   - type: how the value is computed and written.
    ///   - symbol: the symbol, or nil for none.
    ///   - addend: the constant to add.
    package mutating func addRelocation(
        at offset: UInt64, of section: SectionIndex, type: RelocationType, symbol: SymbolReference?, addend: Int64
    ) {
        relocations[section, default: []].append(
            PendingRelocation(offset: offset, type: type, symbol: symbol, addend: addend))
    }

    /// Adds a relocation to a table of its own, which linkers leave alone and a special loader reads.
    ///
    /// - Parameters:
    ///   - offset: the place, an offset in the section.
    ///   - section: the section that is relocated.
    ///   - type: how the value is computed and written.
    ///   - symbol: the symbol.
    ///   - addend: the constant to add.
    ///   - table: the name of the table's section.
    ///   - flags: the flags of the table's section.
    package mutating func addRelocation(
        at offset: UInt64, of section: SectionIndex, type: RelocationType, symbol: SymbolReference, addend: Int64,
        inTable table: String, flags: SectionFlags
    ) {
        separateRelocations[SeparateTable(section: section, name: table, flags: flags), default: []].append(
            PendingRelocation(offset: offset, type: type, symbol: symbol, addend: addend))
    }

    /// Gives a section its contents, when all of them are known.
    ///
    /// - Parameters:
    ///   - contents: the contents.
    ///   - alignment: the alignment that they need.
    ///   - section: a section that was added with contents.
    package mutating func setContents(_ contents: [UInt8], alignment: UInt64, of section: SectionIndex) {
        guard sections.indices.contains(section.rawValue - 1) else { return }
        sections[section.rawValue - 1].contents = contents
        sections[section.rawValue - 1].alignment = alignment
    }

    /// Relocations that do not go into the section's usual table.
    struct SeparateTable: Hashable, Sendable {
        let section: SectionIndex
        let name: String
        let flags: SectionFlags
    }

    /// A relocation whose symbol does not have its index yet.
    struct PendingRelocation: Sendable {
        let offset: UInt64
        let type: RelocationType
        let symbol: SymbolReference?
        let addend: Int64
    }
}

/// How relocations refer to a symbol of a file that is still to be written.
package struct SymbolReference: Hashable, Sendable {
    /// The position in the order in which the symbols were added.
    let position: Int
}
