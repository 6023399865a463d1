// SPDX-License-Identifier: Apache-2.0

internal import ELF

extension TypeComparison {
    /// How the types of one thing relate.
    mutating func relation(_ old: TypeID, _ new: TypeID, depth: Int) throws(Excess) -> TypeRelation {
        let before = original.graph.stripped(old)
        let after = fixed.graph.stripped(new)
        let relation = try relation(before, after, depth: depth)
        if case .equal = relation, before.aliases.first != after.aliases.first || before.qualifiers != after.qualifiers
        {
            // Another name for the same: whoever gave it may have meant something by it.
            return .different(.spelling)
        }
        return relation
    }

    private mutating func relation(
        _ before: TypeGraph.Stripped, _ after: TypeGraph.Stripped, depth: Int
    ) throws(Excess) -> TypeRelation {
        guard depth < Self.depthLimit else { throw Excess() }
        switch (original.graph[before.id], fixed.graph[after.id]) {
        case (.void, .void): return .equal
        case (.base(let old), .base(let new)): return relation(old, new)
        case (.base, .enumeration), (.enumeration, .base):
            return sizesDiffer(before.id, after.id) ? .different(.layout) : .different(.spelling)
        case (.enumeration(let old), .enumeration(let new)):
            return relation(old, new, areOne: haveOneName(before, after))
        case (.pointer(let old), .pointer(let new)):
            guard old.kind == new.kind, old.byteSize == new.byteSize else { return .different(.meaning) }
            return try remembered(Pair(original: before.id, fixed: after.id)) { comparison throws(Excess) in
                try comparison.relation(ofTargets: old.target, new.target, depth: depth + 1)
            }
        case (.array(let old), .array(let new)): return try relation(old, new, before.id, after.id, depth: depth)
        case (.function(let old), .function(let new)):
            return try remembered(Pair(original: before.id, fixed: after.id)) { comparison throws(Excess) in
                try comparison.relation(old, new, depth: depth + 1)
            }
        case (.record(let old), .record(let new)):
            if haveOneName(before, after) { return .equal }
            return try remembered(Pair(original: before.id, fixed: after.id)) { comparison throws(Excess) in
                try comparison.relation(old, new, before, after, depth: depth + 1)
            }
        case (.unknown(let old), .unknown(let new)): return old == new ? .equal : .different(.meaning)
        case (.record(let record), _):
            // A structure around one value, such as the kernel's atomic_t, is stored as that value.
            guard let only = original.graph.onlyMember(of: record) else { return mismatch(before.id, after.id) }
            return try relation(only, after.id, depth: depth + 1).combined(with: .different(.spelling))
        case (_, .record(let record)):
            guard let only = fixed.graph.onlyMember(of: record) else { return mismatch(before.id, after.id) }
            return try relation(before.id, only, depth: depth + 1).combined(with: .different(.spelling))
        default: return mismatch(before.id, after.id)
        }
    }

    private func haveOneName(_ before: TypeGraph.Stripped, _ after: TypeGraph.Stripped) -> Bool {
        guard let name = fixed.identity(of: after) else { return false }
        return name == original.identity(of: before)
    }

    private func sizesDiffer(_ old: TypeID, _ new: TypeID) -> Bool {
        guard let was = original.graph.byteSize(of: old), let size = fixed.graph.byteSize(of: new) else { return false }
        return was != size
    }

    private func mismatch(_ old: TypeID, _ new: TypeID) -> TypeRelation {
        .different(sizesDiffer(old, new) ? .layout : .meaning)
    }

    private func relation(_ old: BaseType, _ new: BaseType) -> TypeRelation {
        if old.byteSize != new.byteSize { return .different(.layout) }
        if old.encoding != new.encoding { return .different(.meaning) }
        return old.name == new.name ? .equal : .different(.spelling)
    }

    private func relation(_ old: EnumerationType, _ new: EnumerationType, areOne: Bool) -> TypeRelation {
        if let was = old.byteSize, let size = new.byteSize, was != size { return .different(.layout) }
        guard !areOne else { return .equal }
        let differences = differences(old, new)
        if old.name == nil, new.name == nil { return differences.isEmpty ? .equal : .parts(differences) }
        return .different(differences.contains { $0.kind > .spelling } ? .meaning : .spelling)
    }

    private mutating func relation(
        _ old: ArrayType, _ new: ArrayType, _ oldID: TypeID, _ newID: TypeID, depth: Int
    ) throws(Excess) -> TypeRelation {
        guard old.isVector == new.isVector else { return .different(.meaning) }
        if sizesDiffer(oldID, newID) { return .different(.layout) }
        let before = original.graph.dimensions(of: old)
        let after = fixed.graph.dimensions(of: new)
        let elements = try relation(before.element, after.element, depth: depth + 1)
        guard before.counts != after.counts else { return elements }
        // `char a[0]` and `char a[]` are one thing at the end of a structure.
        let isFlexible =
            before.counts.count == after.counts.count
            && zip(before.counts, after.counts).allSatisfy { ($0 ?? 0) == ($1 ?? 0) }
        return elements.combined(with: .different(isFlexible ? .spelling : .meaning))
    }

    /// Functions are called in the same way or they are not.
    mutating func relation(_ old: FunctionType, _ new: FunctionType, depth: Int) throws(Excess) -> TypeRelation {
        guard depth < Self.depthLimit else { throw Excess() }
        guard old.parameters.count == new.parameters.count, old.isVariadic == new.isVariadic else {
            return .different(.meaning)
        }
        var result = try relation(old.result, new.result, depth: depth + 1).limitedToMeaning
        for (before, after) in zip(old.parameters, new.parameters) {
            result = result.combined(with: try relation(before, after, depth: depth + 1).limitedToMeaning)
        }
        return result
    }

    private mutating func relation(
        _ old: RecordType, _ new: RecordType, _ before: TypeGraph.Stripped, _ after: TypeGraph.Stripped, depth: Int
    ) throws(Excess) -> TypeRelation {
        let isNameless = original.identity(of: before) == nil && fixed.identity(of: after) == nil
        guard !old.isDeclaration, !new.isDeclaration else { return .different(.meaning) }
        let differences = try differences(old, new, prefix: "", depth: depth)
        if isNameless { return differences.isEmpty ? .equal : .parts(differences) }
        return .different(differences.map(\.kind).max() ?? .spelling)
    }

    /// What is pointed to has its own place, so that its layout is a matter of meaning to who points to it.
    private mutating func relation(ofTargets old: TypeID, _ new: TypeID, depth: Int) throws(Excess) -> TypeRelation {
        let before = original.graph.stripped(old)
        let after = fixed.graph.stripped(new)
        switch (original.graph[before.id], fixed.graph[after.id]) {
        case (.void, .void): break
        case (.void, _), (_, .void): return .different(.spelling)
        // Bytes are bytes.
        case (.base(let old), .base(let new))
        where old.byteSize == 1 && new.byteSize == 1 && old.encoding != new.encoding:
            return .different(.spelling)
        default: break
        }
        return try relation(old, new, depth: depth).limitedToMeaning
    }
}

extension TypeRelation {
    /// The difference as it is to someone who does not hold the thing itself.
    fileprivate var limitedToMeaning: TypeRelation {
        switch self {
        case .equal: .equal
        case .different(let kind): .different(min(kind, .meaning))
        case .parts: kind.map { .different(min($0, .meaning)) } ?? .equal
        }
    }
}

extension TypeGraph {
    /// The dimensions of an array, the outermost first, and what is in the end in it.
    fileprivate func dimensions(of array: ArrayType) -> (counts: [UInt64?], element: TypeID) {
        var counts = [array.count]
        var element = array.element
        while counts.count < TypeComparison.depthLimit, case .array(let inner) = self[stripped(element).id] {
            counts.append(inner.count)
            element = inner.element
        }
        return (counts, element)
    }

    /// The type of the only member of a structure that is nothing more than that member.
    fileprivate func onlyMember(of record: RecordType) -> TypeID? {
        guard record.members.count == 1, let member = record.members.first, member.bitOffset == 0,
            member.bitSize == nil, let size = record.byteSize, byteSize(of: member.type) == size
        else { return nil }
        return member.type
    }
}
