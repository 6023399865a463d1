// SPDX-License-Identifier: Apache-2.0

internal import ELF

/// What of an object file gets into memory, and so matters to a running process: debug information is left out.
struct ObjectCode: Equatable {
    private var sections: [LoadedSection] = []
    private var symbols: [DefinedSymbol] = []

    private struct LoadedSection: Equatable {
        var name: String
        var type: SectionType
        var flags: SectionFlags
        var alignment: UInt64
        var size: UInt64
        var contents: ArraySlice<UInt8>
        var relocations: [Relocated]
    }

    private struct Relocated: Equatable {
        var offset: UInt64
        var type: RelocationType
        var symbol: String
        var addend: Int64
    }

    private struct DefinedSymbol: Equatable {
        var name: String
        var kind: SymbolKind
        var binding: SymbolBinding
        var visibility: SymbolVisibility
        var place: String
        var value: UInt64
        var size: UInt64
    }

    /// Reads an object file.
    init(_ object: ObjectFile) throws(ELFError) {
        let places = Self.places(in: object)
        func place(of symbol: Symbol) -> String {
            if case .section(let index) = symbol.place { places[index.rawValue] } else { "\(symbol.place)" }
        }
        for section in object.sections where section.flags.contains(.allocate) {
            var relocations: [Relocated] = []
            for relocation in try object.relocations(of: section.index) {
                let symbol = object.symbols[relocation.symbol.rawValue]
                relocations.append(
                    Relocated(
                        offset: relocation.offset, type: relocation.type,
                        symbol: symbol.name + "@" + place(of: symbol), addend: relocation.addend))
            }
            sections.append(
                LoadedSection(
                    name: section.name, type: section.type, flags: section.flags, alignment: section.alignment,
                    size: section.size, contents: section.contents, relocations: relocations))
        }
        for symbol in object.symbols where symbol.kind != .section && symbol.kind != .file {
            if case .section(let index) = symbol.place, object.section(at: index)?.flags.contains(.allocate) != true {
                continue
            }
            symbols.append(
                DefinedSymbol(
                    name: symbol.name, kind: symbol.kind, binding: symbol.binding, visibility: symbol.visibility,
                    place: place(of: symbol), value: symbol.value, size: symbol.size))
        }
    }

    /// Whether two objects have the same code and data; not known of what cannot be read, which is for the reader to say.
    static func areEqual(_ first: [UInt8], _ second: [UInt8]) -> Bool {
        if first == second { return true }
        guard let one = try? ObjectCode(ObjectFile(parsing: first)),
            let other = try? ObjectCode(ObjectFile(parsing: second))
        else { return false }
        return one == other
    }

    /// A name for each section: those with the same one are told apart by their number among the loaded ones.
    private static func places(in object: ObjectFile) -> [String] {
        var counts: [String: Int] = [:]
        return object.sections.map { section in
            guard section.flags.contains(.allocate) else { return section.name }
            counts[section.name, default: 0] += 1
            return "\(section.name).\(counts[section.name, default: 0])"
        }
    }
}
