// SPDX-License-Identifier: Apache-2.0

internal import ELF

/// Which functions of a unit can get at which types: through their parameters, their variables and the variables of the
/// unit that they refer to, and from there along members and pointers.
struct TypeReach {
    let unit: UnitObject
    let catalogue: TypeCatalogue

    /// What the debugging information says of a function of the object file, or nil.
    func function(_ name: String) -> TypedFunction? {
        guard let symbol = unit.functions[name], case .section(let section) = symbol.place else { return nil }
        let start = DebugAddress.section(section, offset: symbol.value)
        return catalogue.types.functions.first { $0.code.contains { $0.start == start } }
    }

    /// The types with a name that a function can get at.
    func identities(from name: String) -> Set<TypeIdentity> {
        var waiting = variables(of: name)
        if let function = function(name) {
            waiting += function.variables.map(\.type) + function.signature.parameters + [function.signature.result]
        }
        var seen: Set<TypeID> = []
        var identities: Set<TypeIdentity> = []
        while let id = waiting.popLast() {
            guard seen.insert(id).inserted else { continue }
            if case .alias(let alias, _) = catalogue.graph[id] {
                identities.insert(TypeIdentity(space: .alias, name: alias))
            }
            if let identity = catalogue.identity(of: TypeGraph.Stripped(id: id)),
                identities.insert(identity).inserted
            {
                // What is only declared here may be defined elsewhere in the unit.
                waiting += catalogue.definitions[identity] ?? []
            }
            waiting += catalogue.graph.references(of: id)
        }
        return identities
    }

    /// The types of the variables that a function's code refers to.
    private func variables(of name: String) -> [TypeID] {
        guard let symbol = unit.functions[name], case .section(let section) = symbol.place else { return [] }
        return unit.relocations[section.rawValue].flatMap { relocation -> [TypeID] in
            guard unit.object.symbols.indices.contains(relocation.symbol.rawValue) else { return [] }
            let symbol = unit.object.symbols[relocation.symbol.rawValue]
            if !symbol.name.isEmpty { return catalogue.types.variables[symbol.name].map { [$0] } ?? [] }
            guard case .section(let holder) = symbol.place, unit.owners.indices.contains(holder.rawValue) else {
                return []
            }
            return unit.owners[holder.rawValue].compactMap { catalogue.types.variables[$0.name] }
        }
    }
}
