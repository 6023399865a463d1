// SPDX-License-Identifier: Apache-2.0

/// What an entry of the dynamic linker's table says.
package struct DynamicTag: RawRepresentable, Hashable, Sendable {
    /// The value of `d_tag`.
    package let rawValue: UInt64

    /// Wraps a value of `d_tag`.
    @inlinable
    package init(rawValue: UInt64) { self.rawValue = rawValue }
}

extension DynamicTag: CustomStringConvertible {
    /// The specification's name, for the tags that this module reads.
    package var description: String {
        switch rawValue {
        case DT_NEEDED: "DT_NEEDED"
        case DT_PLTRELSZ: "DT_PLTRELSZ"
        case DT_HASH: "DT_HASH"
        case DT_STRTAB: "DT_STRTAB"
        case DT_SYMTAB: "DT_SYMTAB"
        case DT_RELA: "DT_RELA"
        case DT_RELASZ: "DT_RELASZ"
        case DT_RELAENT: "DT_RELAENT"
        case DT_STRSZ: "DT_STRSZ"
        case DT_SYMENT: "DT_SYMENT"
        case DT_SONAME: "DT_SONAME"
        case DT_PLTREL: "DT_PLTREL"
        case DT_JMPREL: "DT_JMPREL"
        case DT_RELRSZ: "DT_RELRSZ"
        case DT_RELR: "DT_RELR"
        case DT_GNU_HASH: "DT_GNU_HASH"
        case DT_VERSYM: "DT_VERSYM"
        case DT_VERDEF: "DT_VERDEF"
        case DT_VERDEFNUM: "DT_VERDEFNUM"
        case DT_VERNEED: "DT_VERNEED"
        case DT_VERNEEDNUM: "DT_VERNEEDNUM"
        default: "dynamic tag " + hexadecimal(rawValue)
        }
    }
}
