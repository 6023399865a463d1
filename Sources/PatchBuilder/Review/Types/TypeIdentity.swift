// SPDX-License-Identifier: Apache-2.0

internal import ELF

/// What makes a type of one unit the same as a type of another: its name, in one of the two name spaces of C.
struct TypeIdentity: Hashable {
    /// Where the name was declared.
    enum Space: Hashable {
        /// After `struct`, `union`, `enum` or `class`.
        case tag
        /// By `typedef`.
        case alias
    }

    var space: Space
    var name: TypeName
}

/// The types of one unit by what they are called.
struct TypeCatalogue {
    /// The unit's types.
    let types: UnitTypes
    /// The definitions of each type; several if units, functions or blocks have each their own.
    private(set) var definitions: [TypeIdentity: [TypeID]] = [:]
    /// The constants of enumerations without any name, and how many their enumeration has.
    private(set) var constants: [String: (value: Int64, siblings: Int)] = [:]

    /// The types themselves.
    var graph: TypeGraph { types.graph }

    /// Sorts the types of a unit.
    init(_ types: UnitTypes) {
        self.types = types
        var named: Set<TypeID> = []
        for id in types.declared {
            guard case .alias(let name, let target) = types.graph[id], !name.name.isEmpty else { continue }
            definitions[TypeIdentity(space: .alias, name: name), default: []].append(id)
            named.insert(types.graph.stripped(target).id)
        }
        for id in types.declared {
            switch types.graph[id] {
            case .record(let record):
                guard let name = record.name, !record.isDeclaration else { continue }
                definitions[TypeIdentity(space: .tag, name: name), default: []].append(id)
            case .enumeration(let enumeration) where !enumeration.isDeclaration:
                if let name = enumeration.name {
                    definitions[TypeIdentity(space: .tag, name: name), default: []].append(id)
                } else if !named.contains(id) {
                    for constant in enumeration.enumerators {
                        constants[constant.name] = (constant.value, enumeration.enumerators.count)
                    }
                }
            default: continue
            }
        }
    }

    /// What a record or an enumeration is known by: its tag, or the innermost alias of one without a tag.
    func identity(of type: TypeGraph.Stripped) -> TypeIdentity? {
        let tag: TypeName?
        switch graph[type.id] {
        case .record(let record): tag = record.name
        case .enumeration(let enumeration): tag = enumeration.name
        default: return nil
        }
        if let tag { return TypeIdentity(space: .tag, name: tag) }
        return type.aliases.last.map { TypeIdentity(space: .alias, name: $0) }
    }
}
