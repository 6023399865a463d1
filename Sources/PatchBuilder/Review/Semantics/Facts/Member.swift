// SPDX-License-Identifier: Apache-2.0

/// A member of a structure or union, or the whole of one.
struct Member: Hashable, Comparable, CustomStringConvertible {
    /// The tag of the structure, or its typedef name if it has none; empty if it is not known.
    var record: String
    /// The member's name; through members whose types have no name, theirs before it. Empty for the whole record.
    var name: String

    /// Whether it is the whole record.
    var isWhole: Bool { name.isEmpty }

    var description: String {
        if isWhole { return record }
        return record.isEmpty ? "…." + name : record + "." + name
    }

    static func < (left: Member, right: Member) -> Bool {
        (left.record, left.name) < (right.record, right.name)
    }
}

extension Set<Member> {
    /// Whether a member is in it, by itself or with its whole record.
    func covers(_ member: Member) -> Bool {
        contains(member) || contains(Member(record: member.record, name: ""))
    }
}
