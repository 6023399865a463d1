// SPDX-License-Identifier: Apache-2.0

/// One way in which a type of the fixed source differs from the one that running programs have.
struct TypeDifference: Hashable {
    /// How much it matters to what exists already.
    enum Kind: Int, Comparable {
        /// The same bits with the same meaning, declared in another way.
        case spelling
        /// The same bits, understood in another way.
        case meaning
        /// Other bits.
        case layout

        static func < (one: Self, other: Self) -> Bool { one.rawValue < other.rawValue }
    }

    /// How much it matters.
    var kind: Kind
    /// What was seen, in the words of the source.
    var fact: String
}

/// A type or variable whose declaration differs between the two sources.
struct TypeChange {
    /// What it is called, as the source says it: `struct s`.
    var title: String
    /// The type, to find what reaches it; nil for a variable.
    var identity: TypeIdentity?
    /// What differs, at least one thing.
    var differences: [TypeDifference]

    /// What matters most.
    var kind: TypeDifference.Kind { differences.map(\.kind).max() ?? .spelling }
}
