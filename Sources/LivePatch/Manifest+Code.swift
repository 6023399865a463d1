// SPDX-License-Identifier: Apache-2.0

extension Manifest {
    /// A function of the target, and the code that stands in for it.
    package struct ReplacedFunction: Hashable, Sendable, Encodable {
        /// The symbol's name in the object file.
        package var name: String
        /// The function's contiguous pieces in the target; the first holds the entry, others are `.cold` parts.
        package var pieces: [Piece]
        /// Bytes from the entry to the jump: 4 behind an `endbr64`, which must stay (indirect branch tracking), else 0.
        package var jumpOffset: UInt64
        /// Where the replacement begins in the image.
        package var replacementOffset: UInt64
        /// The replacement's length in bytes.
        package var replacementSize: UInt64

        /// A function and its replacement.
        package init(
            name: String, pieces: [Piece], jumpOffset: UInt64, replacementOffset: UInt64, replacementSize: UInt64
        ) {
            self.name = name
            self.pieces = pieces
            self.jumpOffset = jumpOffset
            self.replacementOffset = replacementOffset
            self.replacementSize = replacementSize
        }
    }

    /// A contiguous run of a replaced function's code in the target.
    package struct Piece: Hashable, Sendable, Encodable {
        /// The symbol's name: the function's, or that of its cold part.
        package var name: String
        /// The link-time virtual address in the target; the process adds the load bias.
        package var address: UInt64
        /// The length in bytes.
        package var size: UInt64
        /// Where the piece's original bytes begin in the section `.original` of the artefact.
        package var originalOffset: UInt64

        /// A run of original code.
        package init(name: String, address: UInt64, size: UInt64, originalOffset: UInt64) {
            self.name = name
            self.address = address
            self.size = size
            self.originalOffset = originalOffset
        }
    }

    /// A function that only the fixed source has, or a cold part of a replacement.
    package struct AddedFunction: Hashable, Sendable, Encodable {
        /// The symbol's name.
        package var name: String
        /// Where it begins in the image.
        package var offset: UInt64
        /// Its length in bytes.
        package var size: UInt64

        /// An added function.
        package init(name: String, offset: UInt64, size: UInt64) {
            self.name = name
            self.offset = offset
            self.size = size
        }
    }

    /// A datum that replacement code refers to.
    package struct Datum: Hashable, Sendable, Encodable {
        /// Where a datum lives.
        package enum Place: String, Hashable, Sendable, Encodable {
            /// In the target: the code refers to the one object that the process has.
            case target
            /// In the patch, since the unfixed source has none.
            case added
            /// In the patch, as a copy of a constant whose address does not matter.
            case copied
        }

        /// The symbol's name.
        package var name: String
        /// Where it lives.
        package var place: Place
        /// Its length in bytes.
        package var size: UInt64
        /// What tells a variable that the patch adds from others; nil for all other data.
        package var variable: Variable?

        /// A datum and its place.
        package init(name: String, place: Place, size: UInt64, variable: Variable? = nil) {
            self.name = name
            self.place = place
            self.size = size
            self.variable = variable
        }
    }

    /// What tells a variable that a patch adds from others, so that the next level finds it.
    package struct Variable: Hashable, Sendable, Encodable {
        /// The name in the source, without the number that a compiler appends to a static local's.
        package var name: String
        /// The source file of the unit that defines it.
        package var unit: String
        /// Where it begins in the image.
        package var offset: UInt64
        /// The functions that use it, in order: static variables of several functions may have one name.
        package var users: [String]

        /// A variable of the patch's own.
        package init(name: String, unit: String, offset: UInt64, users: [String]) {
            self.name = name
            self.unit = unit
            self.offset = offset
            self.users = users
        }
    }
}
