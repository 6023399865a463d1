// SPDX-License-Identifier: Apache-2.0

internal import ELF

extension TypeComparison {
    /// How two definitions of a record differ; each fact begins with `prefix`.
    mutating func differences(
        _ old: RecordType, _ new: RecordType, prefix: String, depth: Int
    ) throws(Excess) -> [TypeDifference] {
        guard depth < Self.depthLimit else { throw Excess() }
        // Declared in one unit and defined in the other: nothing to compare.
        guard let was = old.byteSize, let size = new.byteSize else { return [] }
        var differences: [TypeDifference] = []
        if (old.kind == .union) != (new.kind == .union) {
            differences.append(
                TypeDifference(kind: .layout, fact: "\(prefix)a \(new.kind.rawValue), was a \(old.kind.rawValue)"))
        }
        if size != was {
            let consequence = size > was ? "objects that exist are smaller" : "objects that exist are larger"
            differences.append(
                TypeDifference(kind: .layout, fact: "\(prefix)size: \(size) bytes, was \(was); \(consequence)"))
        }
        let before = try original.graph.flatMembers(of: old)
        let after = try fixed.graph.flatMembers(of: new)
        let match = MemberMatch(before, after)
        for (old, new) in match.pairs {
            differences += try self.differences(old, new, prefix: prefix, depth: depth)
        }
        differences += match.added(sizeBefore: was, isUnion: new.kind == .union && old.kind == .union, prefix: prefix)
        differences += match.removed(prefix: prefix)
        return differences
    }

    /// How a member differs from the one of its name.
    private mutating func differences(
        _ old: FlatMember, _ new: FlatMember, prefix: String, depth: Int
    ) throws(Excess) -> [TypeDifference] {
        let subject = "\(prefix)member \(new.name)"
        var differences: [TypeDifference] = []
        if old.bitOffset != new.bitOffset {
            differences.append(
                TypeDifference(
                    kind: .layout, fact: "\(subject): \(new.place), was \(old.numberLike(new)) (\(new.size))"))
        }
        if let count = new.bitCount, let was = old.bitCount, count != was || new.isBitField != old.isBitField {
            let inBits = new.isBitField || old.isBitField
            let sizes = (new.size(inBits: inBits), old.size(inBits: inBits))
            differences.append(TypeDifference(kind: .layout, fact: "\(subject): \(sizes.0), was \(sizes.1)"))
            // That the type is another one goes without saying.
            return differences
        }
        return differences + (try self.differences(old.type, new.type, of: subject, depth: depth + 1))
    }
}

extension FlatMember {
    /// The place without its unit, if the other one has the same.
    fileprivate func numberLike(_ other: FlatMember) -> String {
        let words = place.split(separator: " ")
        guard words.count == 2, other.place.hasPrefix(words[0] + " ") else { return place }
        return String(words[1])
    }
}
