// SPDX-License-Identifier: Apache-2.0
// swift-format-ignore-file: AlwaysUseLowerCamelCase (the specification's own names)

/// A library of which the file needs versions, in `.gnu.version_r`.
package struct Elf64_Verneed: RawRecord {
    /// The record's own version, 1.
    package var vn_version: UInt16
    /// The number of `Elf64_Vernaux` records.
    package var vn_cnt: UInt16
    /// The library's name, an offset in the string table.
    package var vn_file: UInt32
    /// The byte offset from here to the first `Elf64_Vernaux`.
    package var vn_aux: UInt32
    /// The byte offset from here to the next library, or zero.
    package var vn_next: UInt32
}

/// One version needed of a library.
package struct Elf64_Vernaux: RawRecord {
    /// The hash of the name.
    package var vna_hash: UInt32
    /// `VER_FLG_…`: weak.
    package var vna_flags: UInt16
    /// The number by which `.gnu.version` refers to this version.
    package var vna_other: UInt16
    /// The name's offset in the string table.
    package var vna_name: UInt32
    /// The byte offset from here to the next version of this library, or zero.
    package var vna_next: UInt32
}
