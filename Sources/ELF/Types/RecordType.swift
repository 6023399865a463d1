// SPDX-License-Identifier: Apache-2.0

/// A structure, union or class.
package struct RecordType: Hashable, Sendable {
    /// Which of them.
    package enum Kind: String, Hashable, Sendable {
        case structure = "struct"
        case union
        case `class`
    }

    /// Something at a fixed place in a record.
    package struct Member: Hashable, Sendable {
        /// Its name; nil for an anonymous structure or union, whose members count as the record's own.
        package var name: String?
        /// Its type.
        package var type: TypeID
        /// Where it begins, in bits from the record's start; nil if that is not constant.
        package var bitOffset: UInt64?
        /// How many bits it has, if it is a bit field.
        package var bitSize: UInt64?
        /// Whether it is a base class.
        package var isBase: Bool
    }

    /// Which of them.
    package var kind: Kind
    /// Its tag, or nil.
    package var name: TypeName?
    /// Its size; nil if it is only declared.
    package var byteSize: UInt64?
    /// Its members in order.
    package var members: [Member]

    /// Whether only its name is known.
    package var isDeclaration: Bool { byteSize == nil }
}

/// An enumeration.
package struct EnumerationType: Hashable, Sendable {
    /// A name for a value.
    package struct Enumerator: Hashable, Sendable {
        /// The name.
        package var name: String
        /// The value; of an unsigned 64-bit type, its bits.
        package var value: Int64
    }

    /// Its tag, or nil.
    package var name: TypeName?
    /// Its size; nil if it is only declared.
    package var byteSize: UInt64?
    /// Its values in order.
    package var enumerators: [Enumerator]

    /// Whether only its name is known.
    package var isDeclaration: Bool { byteSize == nil }
}
