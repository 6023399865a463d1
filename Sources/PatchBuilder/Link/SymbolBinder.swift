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
    case patch(ChunkID, offset: UInt64)
    /// A symbol that is looked up in the process.
    case process(ImportedSymbol)
    /// A definition of the target that a process can put another in front of: it is looked up there, unless the compiler
    /// has taken it for final.
    case interposable(TargetAddress, ImportedSymbol)
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
    /// The target's thread-local storage.
    let threadStorage: ThreadStorage
    private let units: [PatchUnit]
    private var surroundings: Surroundings?
    /// The symbols that the target imports, by their names in object files: with the version, and without it where the name
    /// means one version only.
    private var imports: [String: ImportedSymbol] = [:]
    private var importedNames: Set<String> = []
    /// Names that mean several versions, or of which the source names a version itself.
    private let severalVersions: Set<String>
    private var added: [String: Binding] = [:]
    private var slots: [String: TargetAddress] = [:]
    /// The slots that hold a symbol's address since the target was loaded; others do so once it has been called.
    private var addressSlots: [String: TargetAddress] = [:]
    /// The slots of the target's own functions that are chosen when it is loaded.
    private var indirectSlots: [String: TargetAddress] = [:]
    private var definitions: [String: TargetAddress] = [:]
    /// The names that the target's own symbol table has, if it was not stripped.
    private let shared: SharedNames
    /// Symbols that two definitions or slots of different versions share; they bind to nothing.
    private var ambiguous: Set<String> = []
    /// Symbols that others could interpose if a process asked them to, as the dynamic linker knows them.
    private var interposable: [String: ImportedSymbol] = [:]
    /// Where the target expects functions of other files that it has the addresses of fixed in its code.
    private var canonical: [String: TargetAddress] = [:]

    /// Indexes the target's symbols and what the units add.
    init(target: ObjectFile, units: [PatchUnit]) {
        self.units = units
        shared = SharedNames(of: target)
        threadStorage = ThreadStorage(of: target)
        severalVersions = Self.severalVersions(in: target, units)
        for (position, unit) in units.enumerated() {
            for section in unit.diff.fixed.object.sections where unit.diff.fixed.role(section.index) == .code {
                for owner in unit.diff.fixed.owners[section.index.rawValue] where owner.binding != .local {
                    let isAssembler = unit.diff.fixed.isAssembler
                    let name = isAssembler ? owner.name : unit.diff.fixed.name(of: section.index)
                    guard unit.diff.added.contains(name) else { continue }
                    added[owner.name] = .patch(
                        ChunkID(unit: position, section: section.index), offset: isAssembler ? owner.value : 0)
                }
            }
        }
        indexSlots(of: target)
        indexImports(of: target)
        indexDefinitions(of: target)
    }

    private mutating func indexSlots(of target: ObjectFile) {
        for relocation in target.dynamicRelocations where [.jumpSlot, .globalData].contains(relocation.type) {
            guard target.dynamicSymbols.indices.contains(relocation.symbol.rawValue) else { continue }
            let symbol = target.dynamicSymbols[relocation.symbol.rawValue]
            for name in names(of: symbol) {
                if relocation.type == .globalData { addressSlots[name] = TargetAddress(rawValue: relocation.offset) }
                // A symbol may have a lazily bound slot and another; both come to hold the same address.
                if slots[name] == nil || relocation.type == .globalData {
                    slots[name] = TargetAddress(rawValue: relocation.offset)
                }
            }
        }
    }

    /// By what object files may refer to a dynamic symbol: `.symver` of the assembler makes a name with a version.
    private func names(of symbol: Symbol) -> [String] {
        let exact = symbol.version.map { symbol.name + "@" + $0 }
        return (severalVersions.contains(symbol.name) ? [] : [symbol.name]) + (exact.map { [$0] } ?? [])
    }

    /// A name without a version means the default one, which a target that imports several does not tell.
    private static func severalVersions(in target: ObjectFile, _ units: [PatchUnit]) -> Set<String> {
        var versions: [String: Set<String?>] = [:]
        for symbol in target.dynamicSymbols where symbol.place == .undefined {
            versions[symbol.name, default: []].insert(symbol.version)
        }
        var names = Set(versions.filter { $0.value.count > 1 }.keys)
        for symbol in units.flatMap({ $0.diff.original.object.symbols + $0.diff.fixed.object.symbols })
        where symbol.place == .undefined {
            let parts = symbol.name.split(separator: "@", maxSplits: 1)
            if parts.count == 2 { names.insert(String(parts[0])) }
        }
        return names
    }

    private mutating func indexDefinitions(of target: ObjectFile) {
        for symbol in target.dynamicSymbols {
            guard case .section = symbol.place, symbol.kind == .function || symbol.kind == .object else { continue }
            let address = TargetAddress(rawValue: symbol.value)
            if let known = definitions.updateValue(address, forKey: symbol.name), known != address {
                ambiguous.insert(symbol.name)
            }
        }
        // A program comes first wherever symbols are looked up, but for its own linker's needs it is as good as final.
        guard !target.isBoundSymbolically, target.isSharedLibrary else { return }
        for symbol in target.dynamicSymbols where symbol.visibility == .default && symbol.binding != .local {
            guard case .section = symbol.place, !symbol.hasHiddenVersion, isInterposed(symbol.kind) else { continue }
            interposable[symbol.name] = ImportedSymbol(name: symbol.name, version: symbol.version)
        }
    }

    private func isInterposed(_ kind: SymbolKind) -> Bool {
        kind == .function || kind == .object || kind == .indirectFunction
    }

    /// The symbols that the target imports in whatever way, and those indirect functions whose slot no symbol names.
    private mutating func indexImports(of target: ObjectFile) {
        for symbol in target.dynamicSymbols where symbol.place == .undefined && !symbol.name.isEmpty {
            importedNames.insert(symbol.name)
            for name in names(of: symbol) {
                imports[name] = ImportedSymbol(name: symbol.name, version: symbol.version)
                if symbol.value != 0 { canonical[name] = TargetAddress(rawValue: symbol.value) }
            }
        }
        var indirect: [UInt64: TargetAddress] = [:]
        for relocation in target.dynamicRelocations where relocation.type == .indirectRelative {
            indirect[UInt64(bitPattern: relocation.addend)] = TargetAddress(rawValue: relocation.offset)
        }
        for symbol in target.dynamicSymbols + target.symbols where symbol.kind == .indirectFunction {
            guard case .section = symbol.place, slots[symbol.name] == nil else { continue }
            indirectSlots[symbol.name] = indirect[symbol.value]
        }
    }

    /// What a symbol is bound to.
    ///
    /// - Parameters:
    ///   - symbol: The symbol's name.
    ///   - isHidden: Whether the object file says that the symbol is the target's own.
    /// - Returns: The binding, or why there is none.
    func binding(of symbol: String, isHidden: Bool) -> SymbolAnswer {
        if let addition = added[symbol] { return .bound(addition) }
        for unit in units {
            if let address = unit.located.addresses[symbol] { return .bound(.target(address)) }
        }
        // The slots that the target's relocations name hold other libraries' symbols, or what could be another library's.
        if let slot = isHidden ? ownSlot(of: symbol) : slot(of: symbol) { return .bound(.slot(slot)) }
        if let address = definition(of: symbol) {
            let exported = isHidden ? nil : interposable[symbol]
            return .bound(exported.map { .interposable(address, $0) } ?? .target(address))
        }
        if !isHidden, let binding = dynamicBinding(of: symbol) { return .bound(binding) }
        return surroundings?.binding(of: symbol, isHidden: isHidden) ?? .unknown(.unused)
    }

    /// What the target's own tables for the dynamic linker tell of a symbol that it has no single definition of.
    private func dynamicBinding(of symbol: String) -> Binding? {
        if let address = canonical[symbol] { return .target(address) }
        if let exported = interposable[symbol], !ambiguous.contains(symbol) { return .process(exported) }
        return imports[symbol].map { .process($0) }
    }

    /// The target's own definition, by the units of the fix or by the target's symbol tables.
    private func definition(of symbol: String) -> TargetAddress? {
        for unit in units {
            if let address = unit.address(ofFunction: symbol), unit.located.unit.functions[symbol]?.binding != .local {
                return address
            }
        }
        return ambiguous.contains(symbol) ? nil : definitions[symbol] ?? shared.address(of: symbol)
    }

    /// Whether the target itself brings a symbol into the process: it imports it, or it exports it.
    func isImported(_ symbol: ImportedSymbol) -> Bool {
        interposable[symbol.name] == symbol || importedNames.contains(symbol.name)
    }

    /// The same with what stands around the units.
    func with(_ surroundings: Surroundings) -> SymbolBinder {
        var binder = self
        binder.surroundings = surroundings
        return binder
    }

    /// The symbol behind a slot of the target, as the dynamic linker is asked for it.
    func imported(_ symbol: String) -> ImportedSymbol {
        imports[symbol] ?? ImportedSymbol(name: symbol, version: nil)
    }

    /// What the whole process takes for the address of another library's function, since the target's code has it fixed: an
    /// entry of the linkage table of a program at a fixed place (x86-64 psABI, 3.4.3, function addresses).
    func canonicalAddress(of symbol: String) -> TargetAddress? { canonical[symbol] }

    /// What tells the address that the whole process has for a symbol, where the target's code was found to call an entry of
    /// its linkage table: pointers are compared with each other, and are no such entry's address.
    ///
    /// - Parameters:
    ///   - symbol: The symbol's name.
    ///   - called: What the code calls.
    /// - Returns: nil if that is the symbol itself, as far as can be told.
    func identity(of symbol: String, calledAt called: TargetAddress) -> Binding? {
        guard units.contains(where: { $0.located.addresses[symbol] == called }), !ambiguous.contains(symbol),
            definition(of: symbol) != called
        else { return nil }
        if let slot = addressSlots[symbol] { return .slot(slot) }
        if let exported = interposable[symbol] { return .process(exported) }
        if let address = definitions[symbol] { return .target(address) }
        return imports[symbol].map { .process($0) }
    }

    /// The slot of the global offset table that holds a symbol's address, if the target has one.
    func slot(of symbol: String) -> TargetAddress? {
        ownSlot(of: symbol) ?? slots[symbol]
    }

    /// The slot that the units' own code uses for a symbol, or that the target keeps for a function of its own.
    private func ownSlot(of symbol: String) -> TargetAddress? {
        units.lazy.compactMap { $0.located.slots[symbol] }.first ?? indirectSlots[symbol]
    }
}
