// SPDX-License-Identifier: Apache-2.0

internal import ELF
internal import LivePatch

/// What a symbol that other files see is bound to.
enum Binding: Hashable {
    /// A place in the target.
    case target(TargetAddress)
    /// A slot of the target's global offset table, which the dynamic linker fills with the symbol's address.
    case slot(TargetAddress)
    /// A function that the patch adds.
    case patch(ChunkID)
    /// A symbol of another library, which is looked up in the process.
    case process(ImportedSymbol)
}

/// What is known of a symbol.
enum SymbolAnswer {
    /// What it is bound to.
    case bound(Binding)
    /// Nothing, as long as nobody has searched the source for it.
    case unsearched
    /// Nothing, and why.
    case unknown(SymbolDoubt)
}

/// Binds symbols the way that the target itself is bound, so that replacement code calls what the old code called.
///
/// What the linker wrote into the units' own fields comes first; then definitions, then the target's symbol tables.
struct SymbolBinder {
    private let units: [PatchUnit]
    private var surroundings: Surroundings?
    /// The versions with which the target asks for the symbols that it imports.
    private var importedVersions: [String: String?] = [:]
    private var added: [String: ChunkID] = [:]
    private var slots: [String: TargetAddress] = [:]
    private var definitions: [String: TargetAddress] = [:]
    /// The names that the target's own symbol table has, if it was not stripped.
    private let shared: SharedNames
    /// Symbols that two definitions or slots of different versions share; they bind to nothing.
    private var ambiguous: Set<String> = []
    /// Symbols that others could interpose if a process asked them to.
    private var interposable: Set<String> = []

    /// Indexes the target's symbols and what the units add.
    init(target: ObjectFile, units: [PatchUnit]) {
        self.units = units
        shared = SharedNames(of: target)
        for (position, unit) in units.enumerated() {
            for section in unit.diff.fixed.object.sections where unit.diff.fixed.role(section.index) == .code {
                for owner in unit.diff.fixed.owners[section.index.rawValue]
                where owner.binding != .local && unit.diff.added.contains(unit.diff.fixed.name(of: section.index)) {
                    added[owner.name] = ChunkID(unit: position, section: section.index)
                }
            }
        }
        indexSlots(of: target)
        indexDefinitions(of: target)
    }

    private mutating func indexSlots(of target: ObjectFile) {
        for relocation in target.dynamicRelocations where [.jumpSlot, .globalData].contains(relocation.type) {
            guard target.dynamicSymbols.indices.contains(relocation.symbol.rawValue) else { continue }
            let symbol = target.dynamicSymbols[relocation.symbol.rawValue]
            let name = symbol.name
            importedVersions[name] = symbol.version
            // A symbol may have a lazily bound slot and another; both come to hold the same address.
            if slots[name] == nil || relocation.type == .globalData {
                slots[name] = TargetAddress(rawValue: relocation.offset)
            }
        }
    }

    private mutating func indexDefinitions(of target: ObjectFile) {
        for symbol in target.dynamicSymbols {
            guard case .section = symbol.place, symbol.kind == .function || symbol.kind == .object else { continue }
            let address = TargetAddress(rawValue: symbol.value)
            if let known = definitions.updateValue(address, forKey: symbol.name), known != address {
                ambiguous.insert(symbol.name)
            }
        }
        guard !target.isBoundSymbolically else { return }
        for symbol in target.dynamicSymbols where symbol.visibility == .default && definitions[symbol.name] != nil {
            interposable.insert(symbol.name)
        }
    }

    /// What a symbol is bound to.
    ///
    /// - Parameters:
    ///   - symbol: The symbol's name.
    ///   - isHidden: Whether the object file says that the symbol is the target's own.
    /// - Returns: The binding, or why there is none.
    func binding(of symbol: String, isHidden: Bool) -> SymbolAnswer {
        if let chunk = added[symbol] { return .bound(.patch(chunk)) }
        for unit in units {
            if let address = unit.located.addresses[symbol] { return .bound(.target(address)) }
        }
        // The slots that the target's relocations name hold other libraries' symbols, or what could be another library's.
        if let slot = isHidden ? ownSlot(of: symbol) : slot(of: symbol) { return .bound(.slot(slot)) }
        for unit in units {
            if let address = unit.address(ofFunction: symbol), unit.located.unit.functions[symbol]?.binding != .local {
                return .bound(.target(address))
            }
        }
        if !ambiguous.contains(symbol), let address = definitions[symbol] ?? shared.address(of: symbol) {
            return .bound(.target(address))
        }
        return surroundings?.binding(of: symbol, isHidden: isHidden) ?? .unknown(.unused)
    }

    /// The same with what stands around the units.
    func with(_ surroundings: Surroundings) -> SymbolBinder {
        var binder = self
        binder.surroundings = surroundings
        return binder
    }

    /// The symbol behind a slot of the target, as the dynamic linker is asked for it.
    func imported(_ symbol: String) -> ImportedSymbol {
        ImportedSymbol(name: symbol, version: importedVersions[symbol] ?? nil)
    }

    /// The slot of the global offset table that holds a symbol's address, if the target has one.
    func slot(of symbol: String) -> TargetAddress? {
        ownSlot(of: symbol) ?? slots[symbol]
    }

    /// The slot that the units' own code uses for a symbol.
    private func ownSlot(of symbol: String) -> TargetAddress? {
        units.lazy.compactMap { $0.located.slots[symbol] }.first
    }

    /// Whether a symbol bound to its definition could be interposed, so that the target itself would call another.
    func isBoundDirectly(_ symbol: String) -> Bool {
        guard interposable.contains(symbol), slot(of: symbol) == nil else { return false }
        return !units.contains { $0.located.addresses[symbol] != nil }
    }
}
