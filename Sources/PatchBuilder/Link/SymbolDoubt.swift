// SPDX-License-Identifier: Apache-2.0

/// Why it is not known what a symbol is bound to.
package enum SymbolDoubt: Hashable, Sendable {
    /// Nothing uses it, and nothing offers it.
    case unused
    /// The source was not searched for who defines it.
    case unsearched
    /// The object file says that it is the target's own, and nothing says where.
    case hidden
    /// The target seems to have one of its own, which a file of the source or a symbol table names.
    case held(by: String)
    /// Several places of the target could be meant.
    case several([TargetAddress])
    /// So many files of the source name it that not all of them were compiled.
    case tooCommon(count: Int)
}

extension SymbolDoubt: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unused:
            "the target neither imports nor exports it, no library that the target asks for offers it, and no unit of the "
                + "source was found in the target that defines or uses it"
        case .unsearched:
            "it may be the target's own, which was not looked for, so that another library's symbol of this name may be "
                + "another one"
        case .hidden:
            "it is the target's own (its declaration is hidden), and no unit of the source was found in the target that "
                + "defines or uses it"
        case .held(let holder):
            "\(holder) seems to define it for the target alone, and was not found there, so that another library's symbol of "
                + "this name may be another one"
        case .several(let addresses):
            "it could be at " + addresses.map(\.description).joined(separator: " or ")
        case .tooCommon(let count):
            "\(count) files of the source name it, too many to compile them all and see who defines it"
        }
    }

    /// What its author can do.
    var remedy: String {
        switch self {
        case .unused: "use what the unit already uses"
        case .unsearched, .hidden, .held, .several, .tooCommon:
            "prepare the source with --prove-rebuild, since the symbols of a rebuilt target tell; or use what the unit "
                + "already uses"
        }
    }
}
