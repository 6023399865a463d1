// SPDX-License-Identifier: Apache-2.0
// swift-format-ignore-file: AlwaysUseLowerCamelCase (the specification's own names)

/// A section header.
package struct Elf64_Shdr: RawRecord {
    /// The name's offset in the section names' string table.
    package var sh_name: UInt32
    /// What the section holds, `SHT_…`.
    package var sh_type: UInt32
    /// Attributes, `SHF_…`.
    package var sh_flags: UInt64
    /// The virtual address of the section's first byte in memory, or zero.
    package var sh_addr: UInt64
    /// The file offset of the section's first byte.
    package var sh_offset: UInt64
    /// The section's size; a `SHT_NOBITS` section takes no room in the file whatever this says.
    package var sh_size: UInt64
    /// Another section's index; which one depends on the type.
    package var sh_link: UInt32
    /// Extra information; what depends on the type.
    package var sh_info: UInt32
    /// The alignment that the address keeps: zero, or a power of two.
    package var sh_addralign: UInt64
    /// The size of one entry, if the section is a table.
    package var sh_entsize: UInt64
}

/// Section types, `sh_type`.
let SHT_NULL: UInt32 = 0, SHT_PROGBITS: UInt32 = 1, SHT_SYMTAB: UInt32 = 2, SHT_STRTAB: UInt32 = 3
let SHT_RELA: UInt32 = 4, SHT_HASH: UInt32 = 5, SHT_DYNAMIC: UInt32 = 6, SHT_NOTE: UInt32 = 7
let SHT_NOBITS: UInt32 = 8, SHT_REL: UInt32 = 9, SHT_DYNSYM: UInt32 = 11, SHT_INIT_ARRAY: UInt32 = 14
let SHT_FINI_ARRAY: UInt32 = 15, SHT_PREINIT_ARRAY: UInt32 = 16, SHT_GROUP: UInt32 = 17
let SHT_SYMTAB_SHNDX: UInt32 = 18, SHT_RELR: UInt32 = 19, SHT_GNU_HASH: UInt32 = 0x6fff_fff6
let SHT_GNU_verdef: UInt32 = 0x6fff_fffd, SHT_GNU_verneed: UInt32 = 0x6fff_fffe
let SHT_GNU_versym: UInt32 = 0x6fff_ffff, SHT_X86_64_UNWIND: UInt32 = 0x7000_0001

/// Section attributes, `sh_flags`.
let SHF_WRITE: UInt64 = 0x1, SHF_ALLOC: UInt64 = 0x2, SHF_EXECINSTR: UInt64 = 0x4, SHF_MERGE: UInt64 = 0x10
let SHF_STRINGS: UInt64 = 0x20, SHF_INFO_LINK: UInt64 = 0x40, SHF_LINK_ORDER: UInt64 = 0x80
let SHF_GROUP: UInt64 = 0x200, SHF_TLS: UInt64 = 0x400, SHF_COMPRESSED: UInt64 = 0x800
let SHF_GNU_RETAIN: UInt64 = 0x20_0000, SHF_X86_64_LARGE: UInt64 = 0x1000_0000, SHF_EXCLUDE: UInt64 = 0x8000_0000

/// Special section indices, `st_shndx` and `e_shstrndx`.
let SHN_UNDEF: UInt16 = 0, SHN_LORESERVE: UInt16 = 0xff00, SHN_ABS: UInt16 = 0xfff1
let SHN_COMMON: UInt16 = 0xfff2, SHN_XINDEX: UInt16 = 0xffff
