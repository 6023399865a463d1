// SPDX-License-Identifier: Apache-2.0
// swift-format-ignore-file: AlwaysUseLowerCamelCase (the specification's own names)

/// A version that the file defines, in `.gnu.version_d`.
package struct Elf64_Verdef: RawRecord {
    /// The record's own version, 1.
    package var vd_version: UInt16
    /// `VER_FLG_…`: base definition, weak.
    package var vd_flags: UInt16
    /// The number by which `.gnu.version` refers to this version.
    package var vd_ndx: UInt16
    /// The number of names: its own and those of the versions it inherits from.
    package var vd_cnt: UInt16
    /// The hash of the name.
    package var vd_hash: UInt32
    /// The byte offset from here to the first `Elf64_Verdaux`.
    package var vd_aux: UInt32
    /// The byte offset from here to the next definition, or zero.
    package var vd_next: UInt32
}

/// A name of a version definition.
package struct Elf64_Verdaux: RawRecord {
    /// The name's offset in the string table.
    package var vda_name: UInt32
    /// The byte offset from here to the next name, or zero.
    package var vda_next: UInt32
}

/// In a version number of `.gnu.version`: not the default version; only who names it gets it.
let VERSYM_HIDDEN: UInt16 = 0x8000

/// Version numbers below this one name no version: 0 is local, 1 is global.
let VER_NDX_FIRST: UInt16 = 2
