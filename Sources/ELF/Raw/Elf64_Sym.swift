// SPDX-License-Identifier: Apache-2.0
// swift-format-ignore-file: AlwaysUseLowerCamelCase (the specification's own names)

/// A symbol table entry.
@usableFromInline
package struct Elf64_Sym: RawRecord {
    /// The name's offset in the linked string table; zero is the empty name.
    package var st_name: UInt32
    /// Binding (`STB_…`, upper four bits) and type (`STT_…`, lower four bits).
    package var st_info: UInt8
    /// Visibility (`STV_…`, lower two bits).
    package var st_other: UInt8
    /// The index of the section that defines it, or a special index `SHN_…`.
    package var st_shndx: UInt16
    /// An offset in the section (relocatable files) or a virtual address (others).
    package var st_value: UInt64
    /// The size of what it names, or zero.
    package var st_size: UInt64
}

/// Symbol types, lower four bits of `st_info`.
let STT_NOTYPE: UInt8 = 0, STT_OBJECT: UInt8 = 1, STT_FUNC: UInt8 = 2, STT_SECTION: UInt8 = 3, STT_FILE: UInt8 = 4
let STT_COMMON: UInt8 = 5, STT_TLS: UInt8 = 6, STT_GNU_IFUNC: UInt8 = 10

/// Symbol bindings, upper four bits of `st_info`.
let STB_LOCAL: UInt8 = 0, STB_GLOBAL: UInt8 = 1, STB_WEAK: UInt8 = 2, STB_GNU_UNIQUE: UInt8 = 10
