// SPDX-License-Identifier: Apache-2.0

internal import ELF

extension UnitDiff {
    /// Whether every datum of the fixed unit is one that the unfixed unit has, with the same contents.
    var keepsAllData: Bool {
        keptData.isEmpty
            && data.values.allSatisfy { if case .existing = $0 { true } else { false } }
    }
}

/// What a unit has for linker and loader, beside the code and data that are compared by their use.
struct LoadTimeContents: Equatable {
    /// The contents of sections that a patch cannot carry, by name.
    private var sections: [String: [ArraySlice<UInt8>]] = [:]
    /// What the unit offers to others, and how.
    private var offered: Set<OfferedSymbol> = []

    private struct OfferedSymbol: Hashable {
        var name: String
        var kind: SymbolKind
        var binding: SymbolBinding
        var visibility: SymbolVisibility
    }

    fileprivate init(of unit: UnitObject) {
        for section in unit.object.sections {
            guard unit.role(section.index).unsupportedContent != nil else { continue }
            sections[section.name, default: []].append(section.contents)
        }
        for symbol in unit.object.symbols where symbol.binding != .local {
            guard case .section = symbol.place else { continue }
            offered.insert(
                OfferedSymbol(
                    name: symbol.name, kind: symbol.kind, binding: symbol.binding, visibility: symbol.visibility))
        }
    }
}

extension UnitObject {
    /// What the unit has for linker and loader.
    var loadTimeContents: LoadTimeContents { LoadTimeContents(of: self) }
}
