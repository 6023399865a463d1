// SPDX-License-Identifier: Apache-2.0

internal import ELF
internal import LivePatch

/// What is known beside the units of a fix: other units of the target, found where they lie in it, and the libraries that
/// the target asks for.
struct Surroundings {
    /// Other units of the target.
    private let witnesses: [LocatedUnit]
    /// The default definitions of the target's libraries, the first library's first.
    private let offered: [String: ImportedSymbol]

    /// Finds what stands around the units.
    ///
    /// A witness whose code is not in the target tells nothing and is left out.
    init(_ material: SurroundingMaterial, of choice: TargetChoice) {
        var witnesses: [LocatedUnit] = []
        for witness in material.witnesses {
            guard let unit = try? UnitObject(source: witness.source, bytes: witness.object),
                let located = try? choice.locator.locate(unit)
            else { continue }
            witnesses.append(located)
        }
        self.witnesses = witnesses
        var offered: [String: ImportedSymbol] = [:]
        // A compiler links with the C library always, and leaves it out where nothing is used of it.
        for name in (choice.object.neededLibraries + ["libc.so.6"]).uniqued()
        where !choice.object.dynamicSymbols.isEmpty {
            guard let bytes = material.libraries.read(name, for: choice.target),
                let object = try? ObjectFile(parsing: bytes)
            else { continue }
            for symbol in object.dynamicSymbols where symbol.isOffered && offered[symbol.name] == nil {
                offered[symbol.name] = ImportedSymbol(name: symbol.name, version: symbol.version)
            }
        }
        self.offered = offered
    }

    /// What a symbol is bound to that neither the fix's own units nor the target's symbol tables tell.
    ///
    /// The target's own definitions come before those of its libraries, as they did when it was linked.
    func binding(of symbol: String) -> Binding? {
        for witness in witnesses {
            if let definition = witness.unit.object.symbols.first(where: { $0.name == symbol && $0.binding != .local }),
                definition.place != .undefined, let address = witness.definition(of: definition)
            {
                return .target(address)
            }
        }
        for witness in witnesses {
            if let address = witness.addresses[symbol] { return .target(address) }
            if let slot = witness.slots[symbol] { return .slot(slot) }
        }
        return offered[symbol].map { .process($0) }
    }
}

extension Symbol {
    /// Whether a linker takes the symbol of a library for a reference that names no version.
    fileprivate var isOffered: Bool {
        guard case .section = place, binding != .local, !hasHiddenVersion else { return false }
        return visibility == .default || visibility == .protected
    }
}
