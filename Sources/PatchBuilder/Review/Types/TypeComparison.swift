// SPDX-License-Identifier: Apache-2.0

internal import ELF

/// Compares the types of two builds of a unit by name.
///
/// A type with a name is compared once, under that name. Where others refer to it, only the name counts, so that one
/// changed structure is one finding and cycles end. Types without a name are part of what they are declared in.
struct TypeComparison {
    let original: TypeCatalogue
    let fixed: TypeCatalogue
    /// What has been found for pairs of types; while a pair is compared, it is taken for equal.
    private var known: [Pair: TypeRelation] = [:]

    struct Pair: Hashable {
        var original: TypeID
        var fixed: TypeID
    }

    /// Types that are nested deeper, or hold more, are none that a compiler wrote.
    struct Excess: Error {}
    static let depthLimit = 100
    static let memberLimit = 100_000

    /// Prepares a comparison.
    init(original: TypeCatalogue, fixed: TypeCatalogue) {
        self.original = original
        self.fixed = fixed
    }

    /// Everything that both builds have under one name and that differs, in order of the names.
    mutating func changes() throws(Excess) -> [TypeChange] {
        var changes: [TypeChange] = []
        for (identity, after) in fixed.definitions {
            guard let before = original.definitions[identity] else { continue }
            // Two blocks may each declare a type of one name; each one is compared with its counterpart.
            for (old, new) in zip(before, after) {
                let differences = try differences(ofNamed: old, new)
                guard !differences.isEmpty else { continue }
                changes.append(TypeChange(title: title(of: new), identity: identity, differences: differences))
                break
            }
        }
        changes += try constantChanges() + variableChanges()
        return changes.sorted { $0.title < $1.title }
    }

    private func title(of id: TypeID) -> String { fixed.graph.spelling(of: id) }

    private mutating func differences(ofNamed old: TypeID, _ new: TypeID) throws(Excess) -> [TypeDifference] {
        guard case .alias(_, let before) = original.graph[old], case .alias(_, let after) = fixed.graph[new] else {
            return try differences(ofDefinition: old, new, depth: 0)
        }
        // An alias of something without a name is the name of that.
        let strippedOld = original.graph.stripped(old)
        let strippedNew = fixed.graph.stripped(new)
        let identity = fixed.identity(of: strippedNew)
        if let identity, identity.space == .alias, identity == original.identity(of: strippedOld) {
            guard strippedNew.aliases.count == 1 else { return [] }
            return try differences(ofDefinition: strippedOld.id, strippedNew.id, depth: 0)
        }
        return try differences(before, after, of: "", depth: 0)
    }

    private mutating func differences(
        ofDefinition old: TypeID, _ new: TypeID, depth: Int
    ) throws(Excess) -> [TypeDifference] {
        switch (original.graph[old], fixed.graph[new]) {
        case (.record(let before), .record(let after)): try differences(before, after, prefix: "", depth: depth)
        case (.enumeration(let before), .enumeration(let after)): differences(before, after)
        case (let before, let after) where before.isRecordOrEnumeration && after.isRecordOrEnumeration:
            [TypeDifference(kind: .layout, fact: "\(title(of: new)), was \(original.graph.spelling(of: old))")]
        default: []
        }
    }

    /// How the type of something differs; what it is, is said by `subject`, unless that is empty.
    mutating func differences(
        _ old: TypeID, _ new: TypeID, of subject: String, depth: Int
    ) throws(Excess) -> [TypeDifference] {
        let prefix = subject.isEmpty ? "" : subject + ": "
        func difference(_ kind: TypeDifference.Kind) -> TypeDifference {
            let spellings = (fixed.graph.spelling(of: new), original.graph.spelling(of: old))
            // Two types may have one spelling: then the sizes tell.
            let sizes = (fixed.graph.byteSize(of: new), original.graph.byteSize(of: old))
            guard spellings.0 == spellings.1, let size = sizes.0, let was = sizes.1, size != was else {
                return TypeDifference(kind: kind, fact: "\(prefix)\(spellings.0), was \(spellings.1)")
            }
            return TypeDifference(kind: kind, fact: "\(prefix)\(spellings.0): \(size) bytes, was \(was)")
        }
        switch try relation(old, new, depth: depth) {
        case .equal: return []
        case .different(let kind): return [difference(kind)]
        case .parts(let parts): return parts.map { TypeDifference(kind: $0.kind, fact: prefix + $0.fact) }
        }
    }

    /// How two types relate, with what was found before.
    mutating func remembered(
        _ pair: Pair, _ find: (inout TypeComparison) throws(Excess) -> TypeRelation
    ) throws(Excess) -> TypeRelation {
        if let known = known[pair] { return known }
        known[pair] = .equal
        let relation = try find(&self)
        known[pair] = relation
        return relation
    }
}

/// How a type of the fixed source relates to the one that it takes the place of.
enum TypeRelation {
    /// As far as existing objects and code can tell, they are one type.
    case equal
    /// They differ.
    case different(TypeDifference.Kind)
    /// They have no name, and these parts of them differ.
    case parts([TypeDifference])

    /// How much they differ; nil if they do not.
    var kind: TypeDifference.Kind? {
        switch self {
        case .equal: nil
        case .different(let kind): kind
        case .parts(let parts): parts.map(\.kind).max()
        }
    }

    /// The greater of two differences.
    func combined(with other: TypeRelation) -> TypeRelation {
        guard let kind = other.kind else { return self }
        guard let mine = self.kind else { return other }
        return .different(max(mine, kind))
    }
}

extension TypeDescription {
    fileprivate var isRecordOrEnumeration: Bool {
        switch self {
        case .record, .enumeration: true
        default: false
        }
    }
}
