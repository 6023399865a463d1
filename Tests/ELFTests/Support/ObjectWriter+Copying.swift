// SPDX-License-Identifier: Apache-2.0

@testable import ELF

extension ObjectWriter {
    /// Starts with what a relocatable object has: sections, symbols and relocations.
    init(copying file: ObjectFile) throws {
        self.init(type: file.header.type, machine: file.header.machine, entry: file.header.entry)
        var indices: [SectionIndex: SectionIndex] = [:]
        for section in file.sections.dropFirst() {
            switch section.type {
            case .relocations, .symbolTable, .stringTable, .group: continue
            case .noBits:
                indices[section.index] = add(
                    SectionDraft(
                        name: section.name, flags: section.flags, alignment: section.alignment,
                        zeroCount: section.size))
            default:
                indices[section.index] = add(
                    SectionDraft(
                        name: section.name, type: section.type, flags: section.flags, alignment: section.alignment,
                        entrySize: section.entrySize, contents: Array(section.contents)))
            }
        }
        var references: [SymbolIndex: SymbolReference] = [:]
        for symbol in file.symbols.dropFirst() {
            var place = symbol.place
            if case .section(let old) = place, let new = indices[old] { place = .section(new) }
            references[symbol.index] = add(
                SymbolDraft(
                    name: symbol.name, value: symbol.value, size: symbol.size, kind: symbol.kind,
                    binding: symbol.binding, visibility: symbol.visibility, place: place))
        }
        for (old, new) in indices {
            for relocation in try file.relocations(of: old) {
                addRelocation(
                    at: relocation.offset, of: new, type: relocation.type,
                    symbol: references[relocation.symbol], addend: relocation.addend)
            }
        }
    }
}
