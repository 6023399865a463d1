// SPDX-License-Identifier: Apache-2.0

/// Types that refer to each other, whatever they were read from.
///
/// Types of C are full of cycles, so that a reference is a position in the graph and not the type itself.
package struct TypeGraph: Sendable {
    /// All types by position; the first is void.
    package private(set) var types: [TypeDescription] = [.void]

    /// A graph with nothing but void.
    package init() {}

    /// The type at a position that came from this graph.
    package subscript(id: TypeID) -> TypeDescription {
        types.indices.contains(id.rawValue) ? types[id.rawValue] : .unknown("type \(id.rawValue)")
    }

    /// Makes room for a type that others may refer to before it is known.
    package mutating func reserve() -> TypeID {
        types.append(.unknown("type \(types.count)"))
        return TypeID(rawValue: types.count - 1)
    }

    /// Says what a reserved type is.
    package mutating func define(_ id: TypeID, as type: TypeDescription) {
        guard types.indices.contains(id.rawValue) else { return }
        types[id.rawValue] = type
    }
}

extension TypeGraph {
    /// A type without the names and qualifiers around it.
    package struct Stripped: Sendable {
        /// The type itself.
        package var id: TypeID
        /// The names that were taken off, the outermost first.
        package var aliases: [TypeName] = []
        /// The qualifiers that were taken off.
        package var qualifiers: Set<TypeQualifier> = []

        /// A type with nothing taken off.
        package init(id: TypeID) { self.id = id }
    }

    /// Takes names and qualifiers off a type; of a name that stands for itself, which no compiler writes, one is left.
    package func stripped(_ id: TypeID) -> Stripped {
        var result = Stripped(id: id)
        for _ in 0..<types.count {
            switch self[result.id] {
            case .alias(let name, let target):
                // A stand-in for a type in another unit has no name of its own.
                if !name.name.isEmpty { result.aliases.append(name) }
                result.id = target
            case .qualified(let qualifier, let target):
                result.qualifiers.insert(qualifier)
                result.id = target
            default:
                return result
            }
        }
        return result
    }

    /// The size of a type's values in bytes, or nil if it is not known or not constant.
    package func byteSize(of id: TypeID) -> UInt64? {
        var count: UInt64 = 1
        var current = id
        for _ in 0...types.count {
            let element: UInt64?
            switch self[stripped(current).id] {
            case .base(let base): element = base.byteSize
            case .pointer(let pointer): element = pointer.byteSize
            case .record(let record): element = record.byteSize
            case .enumeration(let enumeration): element = enumeration.byteSize
            case .array(let array):
                // A flexible array takes no room of its own.
                let (product, overflow) = count.multipliedReportingOverflow(by: array.count ?? 0)
                guard !overflow else { return nil }
                count = product
                current = array.element
                continue
            case .void, .function, .alias, .qualified, .unknown: element = nil
            }
            guard let element else { return nil }
            let (size, overflow) = count.multipliedReportingOverflow(by: element)
            return overflow ? nil : size
        }
        return nil
    }

    /// The types that a type is made of or refers to.
    package func references(of id: TypeID) -> [TypeID] {
        switch self[id] {
        case .void, .base, .enumeration, .unknown: []
        case .pointer(let pointer): [pointer.target] + (pointer.container.map { [$0] } ?? [])
        case .alias(_, let target), .qualified(_, let target): [target]
        case .array(let array): [array.element]
        case .record(let record): record.members.map(\.type)
        case .function(let function): [function.result] + function.parameters
        }
    }
}
