// SPDX-License-Identifier: Apache-2.0

/// Which members of two records are the same, by their names, and what became of the others.
struct MemberMatch {
    /// Members that both have.
    private(set) var pairs: [(old: FlatMember, new: FlatMember)] = []
    private var gone: [FlatMember] = []
    private var new: [FlatMember] = []
    private let before: [FlatMember]

    /// Pairs members of one name; of several, such as unnamed ones, the first with the first.
    init(_ before: [FlatMember], _ after: [FlatMember]) {
        self.before = before
        var waiting: [String: [Int]] = [:]
        for position in before.indices.reversed() { waiting[before[position].name, default: []].append(position) }
        var paired: Set<Int> = []
        for member in after {
            if let position = waiting[member.name]?.popLast() {
                pairs.append((before[position], member))
                paired.insert(position)
            } else {
                new.append(member)
            }
        }
        gone = before.indices.filter { !paired.contains($0) }.map { before[$0] }
    }

    /// What new members mean to objects that exist.
    func added(sizeBefore: UInt64, isUnion: Bool, prefix: String) -> [TypeDifference] {
        new.map { member in
            let what = "\(prefix)member \(member.name): new at \(member.place) (\(member.size))"
            if let replaced = gone.first(where: { $0.bitOffset == member.bitOffset && $0.bitCount == member.bitCount })
            {
                return TypeDifference(kind: .meaning, fact: "\(what), was \(replaced.name)")
            }
            let (limit, overflow) = sizeBefore.multipliedReportingOverflow(by: 8)
            let end = member.bitOffset.flatMap { start in
                member.bitCount.map { start.addingReportingOverflow($0) }
            }
            if !overflow, let end, end.overflow || end.partialValue > limit {
                return TypeDifference(kind: .layout, fact: "\(what), beyond the end of objects that exist")
            }
            if let occupant = before.first(where: { $0.overlaps(member) }) {
                let place = isUnion ? "beside" : "in the place of"
                return TypeDifference(kind: .meaning, fact: "\(what), \(place) \(occupant.name)")
            }
            return TypeDifference(kind: .meaning, fact: "\(what), in what was padding; objects that exist lack it")
        }
    }

    /// What it means that members are gone; that another one took the place is said by `added`.
    func removed(prefix: String) -> [TypeDifference] {
        gone.filter { old in !new.contains { $0.bitOffset == old.bitOffset && $0.bitCount == old.bitCount } }
            .map { old in
                TypeDifference(
                    kind: .meaning, fact: "\(prefix)member \(old.name): gone, was at \(old.place) (\(old.size))")
            }
    }
}
