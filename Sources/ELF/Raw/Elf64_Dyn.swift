// SPDX-License-Identifier: Apache-2.0
// swift-format-ignore-file: AlwaysUseLowerCamelCase (the specification's own names)

/// An entry of the dynamic linker's table.
package struct Elf64_Dyn: RawRecord {
    /// What the entry says, `DT_…`.
    package var d_tag: UInt64
    /// A number or a virtual address, as the tag demands.
    package var d_un: UInt64
}

/// Dynamic table tags, `d_tag`.
let DT_NULL: UInt64 = 0, DT_NEEDED: UInt64 = 1, DT_PLTRELSZ: UInt64 = 2, DT_HASH: UInt64 = 4, DT_STRTAB: UInt64 = 5
let DT_SYMTAB: UInt64 = 6, DT_RELA: UInt64 = 7, DT_RELASZ: UInt64 = 8, DT_RELAENT: UInt64 = 9
let DT_STRSZ: UInt64 = 10, DT_SYMENT: UInt64 = 11, DT_SONAME: UInt64 = 14, DT_SYMBOLIC: UInt64 = 16
let DT_PLTREL: UInt64 = 20, DT_JMPREL: UInt64 = 23, DT_FLAGS: UInt64 = 30, DT_RELRSZ: UInt64 = 35
let DT_RELR: UInt64 = 36, DT_RELRENT: UInt64 = 37, DT_GNU_HASH: UInt64 = 0x6fff_fef5
let DT_VERSYM: UInt64 = 0x6fff_fff0, DT_VERDEF: UInt64 = 0x6fff_fffc, DT_VERDEFNUM: UInt64 = 0x6fff_fffd
let DT_VERNEED: UInt64 = 0x6fff_fffe, DT_VERNEEDNUM: UInt64 = 0x6fff_ffff, DT_FLAGS_1: UInt64 = 0x6fff_fffb

/// In `DT_FLAGS`: the library's own definitions come first.
let DF_SYMBOLIC: UInt64 = 0x2
/// In `DT_FLAGS_1`: the file is a program.
let DF_1_PIE: UInt64 = 0x0800_0000
