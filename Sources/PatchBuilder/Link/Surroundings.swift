// SPDX-License-Identifier: Apache-2.0

internal import ELF
internal import LivePatch

/// What is known beside the units of a fix: other units of the target, found where they lie in it, what a build of the
/// whole source made of it, and the libraries that the target asks for.
struct Surroundings {
    private let search: SurroundingMaterial.Search
    /// Other units of the target.
    private let witnesses: [LocatedUnit]
    /// Units that may be the target's, and were not found in it.
    private let absent: [UnitObject]
    private let own: SharedNames
    /// The names of what a build of the whole source made of the target, and whether it is the very target.
    private let rebuilt: (names: SharedNames, isTarget: Bool)?
    /// The default definitions of the target's libraries, the first library's first.
    private let offered: [String: ImportedSymbol]

    /// Finds what stands around the units.
    init(_ material: SurroundingMaterial, of choice: TargetChoice) {
        search = material.search
        var witnesses: [LocatedUnit] = []
        var absent: [UnitObject] = []
        for witness in material.search.witnesses {
            guard let unit = try? UnitObject(source: witness.source, bytes: witness.object) else { continue }
            if let located = try? choice.locator.locate(unit) {
                witnesses.append(located)
            } else if unit.object.symbols.contains(where: {
                $0.binding != .local && material.search.symbols.contains($0.name) && $0.place != .undefined
                    && choice.locator.mayHold($0, of: unit)
            }) {
                absent.append(unit)
            }
        }
        self.witnesses = witnesses
        // Of several builds of a source, one in the target is what it has of this source.
        let present = Set(witnesses.map(\.unit.source))
        self.absent = absent.filter { !present.contains($0.source) }
        own = SharedNames(of: choice.object)
        rebuilt = choice.target.rebuilt.flatMap { file in
            guard let bytes = try? Files.read(file.path), let object = try? ObjectFile(parsing: bytes) else {
                return nil
            }
            return (SharedNames(of: object), file.buildID == choice.object.buildID)
        }
        offered = Self.offers(of: choice, in: material.libraries)
    }

    private static func offers(of choice: TargetChoice, in libraries: LibraryFolders) -> [String: ImportedSymbol] {
        var offered: [String: ImportedSymbol] = [:]
        // A compiler links with the C library always, and leaves it out where nothing is used of it.
        for name in (choice.object.neededLibraries + ["libc.so.6"]).uniqued()
        where !choice.object.dynamicSymbols.isEmpty {
            guard let bytes = libraries.read(name, for: choice.target), let object = try? ObjectFile(parsing: bytes)
            else { continue }
            for symbol in object.dynamicSymbols where symbol.isOffered && offered[symbol.name] == nil {
                offered[symbol.name] = ImportedSymbol(name: symbol.name, version: symbol.version)
            }
        }
        return offered
    }

    /// What a symbol is bound to that neither the fix's own units nor the target's symbol tables tell.
    ///
    /// The target's own definitions come before those of its libraries, as they did when it was linked: a library's is meant
    /// only if the target is known to have none.
    func binding(of symbol: String, isHidden: Bool) -> SymbolAnswer {
        if let rebuilt, rebuilt.isTarget, let address = rebuilt.names.address(of: symbol) {
            return .bound(.target(address))
        }
        let definitions = Set(witnesses.compactMap { $0.sharedDefinition(of: symbol) })
        guard definitions.count < 2 else { return .unknown(.several(definitions.sorted { $0.rawValue < $1.rawValue })) }
        if let address = definitions.first { return .bound(.target(address)) }
        for witness in witnesses {
            if let address = witness.addresses[symbol] { return .bound(.target(address)) }
            if let slot = witness.slots[symbol] { return .bound(.slot(slot)) }
        }
        let isAbsent = own.lacks(symbol) || rebuilt?.names.lacks(symbol) == true
        guard !isHidden, !isAbsent else { return isHidden ? unknownOrUnsearched(symbol, .hidden) : offer(of: symbol) }
        if let count = search.tooCommon[symbol] { return .unknown(.tooCommon(count: count)) }
        guard search.symbols.contains(symbol) else { return .unsearched }
        return holder(of: symbol).map { .unknown(.held(by: $0)) } ?? offer(of: symbol)
    }

    private func unknownOrUnsearched(_ symbol: String, _ doubt: SymbolDoubt) -> SymbolAnswer {
        if let count = search.tooCommon[symbol] { return .unknown(.tooCommon(count: count)) }
        return search.symbols.contains(symbol) ? .unknown(doubt) : .unsearched
    }

    /// What may define a symbol for the target alone, for people.
    private func holder(of symbol: String) -> String? {
        if let unit = absent.first(where: { $0.sharedDefinition(of: symbol) != nil }) { return unit.source }
        if let suspect = search.suspects[symbol] { return suspect }
        if own.mayHold(symbol) { return "the target" }
        return rebuilt?.names.mayHold(symbol) == true ? "the target as it is rebuilt here" : nil
    }

    private func offer(of symbol: String) -> SymbolAnswer {
        offered[symbol].map { .bound(.process($0)) } ?? .unknown(.unused)
    }
}

extension UnitObject {
    /// The definition of a symbol that other units share.
    fileprivate func sharedDefinition(of symbol: String) -> Symbol? {
        object.symbols.first { $0.name == symbol && $0.binding != .local && $0.place != .undefined }
    }
}

extension LocatedUnit {
    /// Where the unit's definition of a symbol lies that other units share.
    fileprivate func sharedDefinition(of symbol: String) -> TargetAddress? {
        guard let definition = unit.sharedDefinition(of: symbol), definition.kind != .indirectFunction else {
            return nil
        }
        return self.definition(of: definition)
    }
}

extension Symbol {
    /// Whether a linker takes the symbol of a library for a reference that names no version.
    fileprivate var isOffered: Bool {
        guard case .section = place, binding != .local, !hasHiddenVersion else { return false }
        return visibility == .default || visibility == .protected
    }
}
