// SPDX-License-Identifier: Apache-2.0

internal import ELF

/// The structures of a unit, by which members are named.
///
/// A dump names the type of each variable; what is inside of it is told by the debugging information of the same
/// compilation. A name in a dump is a tag or a typedef name, whichever the source has there: both lead to one record.
struct RecordTypes {
    private let types: UnitTypes
    /// Records that are more than declared, by tag.
    private var tagged: [String: TypeID] = [:]
    /// What typedef names stand for.
    private var aliased: [String: TypeID] = [:]
    /// The first typedef name of each record without a tag.
    private var names: [TypeID: String] = [:]

    /// Types whose records are found by name.
    init(_ types: UnitTypes) {
        self.types = types
        for id in types.declared {
            switch types.graph[id] {
            case .record(let record):
                if let name = record.name?.name, !record.isDeclaration || tagged[name] == nil { tagged[name] = id }
            case .alias(let alias, _): note(alias.name, of: types.graph.stripped(id).id)
            case .void, .base, .pointer, .qualified, .array, .enumeration, .function, .unknown: continue
            }
        }
    }

    private mutating func note(_ alias: String, of id: TypeID) {
        aliased[alias] = id
        guard case .record(let record) = types.graph[id], record.name == nil else { return }
        names[id] = min(names[id] ?? alias, alias)
    }

    /// The names of all records that the unit knows.
    var recordNames: Set<String> { Set(tagged.keys).union(names.values) }

    /// What a type of a dump is.
    func kind(of type: GimpleType) -> TypeKind {
        guard let name = type.record else { return type.pointers > 0 ? .pointer(to: .scalar) : .scalar }
        let record = (tagged[name] ?? aliased[name]).map { TypeKind.type($0) } ?? .record(name)
        return (0..<type.pointers).reduce(record) { kind, _ in .pointer(to: kind) }
    }

    /// What a variable outside of functions is.
    func kind(ofVariable name: String) -> TypeKind { types.variables[name].map { .type($0) } ?? .unknown }

    /// What a parameter or local variable is that a dump describes by its members only.
    func kind(ofVariable name: String, in function: String) -> TypeKind {
        let variables = types.functions.first { $0.name.name == function }?.variables
        return variables?.first { $0.name == name }.map { .type($0.type) } ?? .unknown
    }

    /// What a pointer leads to, or an array holds.
    func target(of kind: TypeKind) -> TypeKind {
        switch kind {
        case .pointer(let target): return target
        case .record, .scalar, .unknown: return .unknown
        case .type(let id):
            switch types.graph[types.graph.stripped(id).id] {
            case .pointer(let pointer): return .type(pointer.target)
            case .array(let array): return .type(array.element)
            case .void, .base, .alias, .qualified, .record, .enumeration, .function, .unknown: return .unknown
            }
        }
    }

    /// Whether a type is an array of others.
    func isArray(_ kind: TypeKind) -> Bool {
        guard case .type(let id) = kind, case .array = types.graph[types.graph.stripped(id).id] else { return false }
        return true
    }

    /// Whether an index leads to a part of a type: not in a dump's own types, which leave dimensions out.
    func element(of kind: TypeKind) -> TypeKind {
        if case .type = kind { target(of: kind) } else { kind }
    }

    /// The record that a type is, and its name: its tag, or its typedef name; empty if it has neither.
    func record(of kind: TypeKind) -> (record: RecordType?, name: String)? {
        switch kind {
        case .record(let name): return (nil, name)
        case .pointer, .scalar, .unknown: return nil
        case .type(let id):
            let id = types.graph.stripped(id).id
            guard case .record(let record) = types.graph[id] else { return nil }
            guard let name = record.name?.name else { return (record, names[id] ?? "") }
            // A declaration stands for the record of the same tag.
            guard record.isDeclaration, let whole = tagged[name], case .record(let known) = types.graph[whole] else {
                return (record, name)
            }
            return (known, name)
        }
    }

    /// The size of a member in bits, if it is known.
    func bitSize(of member: RecordType.Member) -> UInt64? {
        if let size = member.bitSize { return size }
        guard let bytes = types.graph.byteSize(of: member.type) else { return nil }
        let (bits, overflow) = bytes.multipliedReportingOverflow(by: 8)
        return overflow ? nil : bits
    }
}

/// A type as far as it matters for members.
indirect enum TypeKind: Hashable {
    /// A type of the debugging information.
    case type(TypeID)
    /// A record that only the dump knows, by the name there; empty for one without.
    case record(String)
    case pointer(to: TypeKind)
    /// Nothing that is or leads to a record.
    case scalar
    case unknown
}
