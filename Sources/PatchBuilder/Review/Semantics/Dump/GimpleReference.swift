// SPDX-License-Identifier: Apache-2.0

/// A variable, a value, or a part of memory that a statement names, as in `s_2(D)->s3.tmp[i_4].size`.
struct GimpleReference: Hashable {
    /// One step from a place to a part of it.
    enum Step: Hashable {
        /// To a member, of what a pointer leads to (`->`) or of the place itself.
        case member(String, throughPointer: Bool)
        /// To an element.
        case element
        /// To some bits, by their number and first position.
        case bits(count: Int, first: Int)
    }

    /// The variable or value that it begins with; empty if that is not one.
    var base: String
    /// What the memory at the base is taken for, where the dump says so.
    var type: GimpleType?
    /// What the pointer at the base is taken for, if the memory begins where that leads.
    var pointer: GimpleType?
    var steps: [Step] = []
    /// Whether the base is a pointer that is followed (`*p`).
    var isFollowed = false
    /// Whether only the address is taken (`&s->a`).
    var isAddress = false

    /// Whether it is a whole variable or value.
    var isPlain: Bool { steps.isEmpty && !isFollowed && !isAddress && type == nil }

    /// The name of a variable.
    init(_ base: String) { self.base = base }
}

/// As much of a type as tells which structure memory belongs to.
struct GimpleType: Hashable {
    /// The tag or typedef name of the structure or union; empty if it has none, nil for what is no structure.
    var record: String?
    /// How many pointers lead to it.
    var pointers = 0
    /// The words of a pointer's type without qualifiers, by which two are told to be one.
    var words: [String] = []
}
