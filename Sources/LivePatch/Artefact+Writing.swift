// SPDX-License-Identifier: Apache-2.0

internal import ELF
internal import FoundationEssentials

extension Artefact {
    /// The artefact as an ELF file; the same artefact gives the same bytes.
    ///
    /// The file is of type `ET_DYN` with the image's sections at their image offsets, so that `readelf`, `objdump -dr`
    /// and `gdb` show the replacement code with the names it refers to.
    ///
    /// - Throws: ``ArtefactError`` if the artefact breaks a rule of ``validate()``.
    package func encoded() throws(ArtefactError) -> [UInt8] {
        try validate()
        var writer = ObjectWriter(type: .shared, machine: .x86_64)
        var symbols = SymbolCollector()
        for part in image.parts {
            let section = add(part, to: &writer)
            symbols.sections[part.protection] = section
        }
        addFunctionSymbols(to: &symbols)
        for part in image.parts {
            guard let section = symbols.sections[part.protection] else { continue }
            writer.relocations[section] = relocations(in: part, symbols: &symbols)
        }
        writer.symbols = symbols.symbols
        writer.addSection(.init(name: SectionName.original, type: .programBits, contents: original))
        writer.addSection(.init(name: SectionName.manifest, type: .programBits, contents: try manifest.encoded()))
        do throws(ELFError) {
            return try writer.write()
        } catch {
            throw .notELF(error)
        }
    }

    private func add(_ part: Image.Part, to writer: inout ObjectWriter) -> SectionIndex {
        let protection = part.protection
        let zeros = part.memorySize - UInt64(part.contents.count)
        let section = writer.addSection(
            .init(
                name: protection.sectionName, type: .programBits, flags: protection.sectionFlags,
                address: part.offset, alignment: Image.pageSize, contents: part.contents))
        if zeros > 0 {
            writer.addSection(
                .init(
                    name: SectionName.zeros, type: .noBits, flags: protection.sectionFlags,
                    address: part.offset + UInt64(part.contents.count), alignment: 1, size: zeros))
        }
        return section
    }

    private func addFunctionSymbols(to symbols: inout SymbolCollector) {
        for function in manifest.functions {
            symbols.define(function.name, offset: function.replacementOffset, size: function.replacementSize)
        }
        for function in manifest.addedFunctions {
            symbols.define(function.name, offset: function.offset, size: function.size)
        }
    }

    private func relocations(in part: Image.Part, symbols: inout SymbolCollector) -> [Relocation] {
        relocations.filter { part.range.contains($0.offset) }.map { relocation in
            Relocation(
                offset: relocation.offset, type: relocation.kind.type, symbol: symbols.symbol(for: relocation),
                addend: relocation.addend)
        }
    }
}

/// The symbols of an artefact file, each made when it is first needed.
private struct SymbolCollector {
    var sections: [Image.Protection: SectionIndex] = [:]
    var symbols: [ObjectWriter.Symbol] = []
    private var references: [LoadRelocation.Key: SymbolIndex] = [:]

    mutating func define(_ name: String, offset: UInt64, size: UInt64) {
        guard let text = sections[.text] else { return }
        symbols.append(
            .init(name: name, value: offset, size: size, kind: .function, binding: .global, place: .section(text)))
    }

    /// The symbol that a relocation is written against: none for a place in the image, and for the target an undefined
    /// one whose value is the link-time address (gABI 4-18 leaves the value of such symbols to the processor).
    mutating func symbol(for relocation: LoadRelocation) -> SymbolIndex {
        switch relocation.base {
        case .patch: SymbolIndex(rawValue: 0)
        case .target: targetSymbol(named: relocation.symbol, value: relocation.value)
        }
    }

    private mutating func targetSymbol(named name: String, value: UInt64) -> SymbolIndex {
        let key = LoadRelocation.Key(name: name, value: value)
        if let known = references[key] { return known }
        // ELF gABI 4-19: index 0 is reserved, so the first symbol of ours has index 1.
        symbols.append(
            .init(
                name: name, value: value, size: 0, kind: .none, binding: .global,
                place: .undefined))
        let index = SymbolIndex(rawValue: symbols.count)
        references[key] = index
        return index
    }
}

extension LoadRelocation {
    fileprivate struct Key: Hashable {
        var name: String
        var value: UInt64
    }
}
