// SPDX-License-Identifier: Apache-2.0

internal import ELF

/// What a relocation of an object file refers to.
struct Reference {
    /// The symbol's name; empty for a section symbol.
    var symbol: String
    /// Whether other files see the symbol, so that it is the same thing in every object file.
    var isGlobal: Bool
    /// Whether only the files of one program or library see the symbol, so that no other library can have it.
    var isHidden: Bool
    /// The section of this object file that holds the symbol, or nil if it is defined elsewhere.
    var section: SectionIndex?
    /// The symbol's offset in that section.
    var offset: UInt64
    /// What the relocation adds.
    var addend: Int64
}

extension UnitObject {
    /// What a relocation of this object file refers to.
    ///
    /// - Throws: ``PatchRefusal/unsupportedSymbol(unit:symbol:section:offset:)`` for a common or absolute
    ///   symbol, one that is outside of its section, or one that is not in the symbol table.
    func reference(of relocation: Relocation, in section: SectionIndex) throws(PatchRefusal) -> Reference {
        let position = relocation.symbol.rawValue
        guard object.symbols.indices.contains(position) else {
            throw unsupported("#\(position)", relocation, section)
        }
        let symbol = object.symbols[position]
        let isGlobal = symbol.binding != .local
        let isHidden = symbol.visibility == .hidden || symbol.visibility == .internal
        // Where the unit calls its own indirect function, it does so by name, too: through a slot.
        guard symbol.kind != .indirectFunction else {
            return Reference(
                symbol: symbol.name, isGlobal: true, isHidden: isHidden, section: nil, offset: 0,
                addend: relocation.addend)
        }
        switch symbol.place {
        case .undefined:
            return Reference(
                symbol: symbol.name, isGlobal: true, isHidden: isHidden, section: nil, offset: 0,
                addend: relocation.addend)
        case .section(let holder)
        where object.sections.indices.contains(holder.rawValue) && symbol.value <= self.section(holder).size:
            let name = symbol.kind == .section ? "" : symbol.name
            return Reference(
                symbol: name, isGlobal: isGlobal, isHidden: isHidden, section: holder, offset: symbol.value,
                addend: relocation.addend)
        case .section, .absolute, .common, .reserved:
            throw unsupported(symbol.name, relocation, section)
        }
    }

    private func unsupported(_ symbol: String, _ relocation: Relocation, _ section: SectionIndex) -> PatchRefusal {
        .unsupportedSymbol(
            unit: source, symbol: symbol, section: self.section(section).name, offset: relocation.offset)
    }
}
