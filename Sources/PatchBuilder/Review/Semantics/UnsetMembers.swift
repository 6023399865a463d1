// SPDX-License-Identifier: Apache-2.0

internal import LivePatch

/// Finds members that the new code relies on, and that objects made by the old code never had set.
///
/// A member is found if some function sets it that did not, some function reads it that did not, and the old code did
/// not both set and read it already: then what is in it, was in it before.
enum UnsetMembers {
    /// One finding for each member, in the unit that reads it.
    static func findings(in units: [SemanticComparison], named names: NameList) -> [Finding] {
        var writers: [Member: [String]] = [:]
        var oldReads: Set<Member> = []
        var oldWrites: Set<Member> = []
        for unit in units {
            for name in unit.affectedNames() {
                let before = unit.original.accesses(of: name).writes
                for member in unit.fixed.accesses(of: name).writes.keys where before[member] == nil && !member.isWhole {
                    writers[member, default: []].append(name)
                }
            }
            let old = unit.original.all
            oldReads.formUnion(old.reads)
            oldWrites.formUnion(old.writes.keys)
        }
        return units.flatMap { unit in
            readers(in: unit).compactMap { member, readers -> Finding? in
                guard let setters = writers[member] else { return nil }
                // All objects of a type that the fix brings are made with it.
                guard units.contains(where: { $0.original.knows(record: member.record) }) else { return nil }
                guard !oldReads.contains(member) || !oldWrites.contains(member) else { return nil }
                return Finding(
                    rule: .readsUnsetField, weight: .blocking, unit: unit.source,
                    symbols: (["\(member)"] + names.ordered(readers + setters)).uniqued(),
                    facts: [
                        "set by \(names.text(setters)) only with the fix",
                        "read by \(names.text(readers)) only with the fix",
                        oldReads.contains(member) ? "the old code reads it elsewhere" : "the old code does not read it",
                        oldWrites.contains(member) ? "the old code sets it elsewhere" : "the old code does not set it",
                    ])
            }
        }
    }

    private static func readers(in unit: SemanticComparison) -> [(Member, [String])] {
        var readers: [Member: [String]] = [:]
        for name in unit.affectedNames() {
            let before = unit.original.accesses(of: name).reads
            for member in unit.fixed.accesses(of: name).reads.subtracting(before) where !member.isWhole {
                readers[member, default: []].append(name)
            }
        }
        return readers.sorted { $0.key < $1.key }
    }
}
