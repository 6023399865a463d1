// SPDX-License-Identifier: Apache-2.0
// swift-format-ignore-file: AlwaysUseLowerCamelCase (the specification's own names)

/// The file header, at offset 0 of every ELF file.
package struct Elf64_Ehdr: RawRecord {
    /// What says that this is ELF, and of which kind: magic number, class, byte order, version, system ABI.
    package var e_ident: InlineArray<16, UInt8>
    /// The file's type, `ET_…`.
    package var e_type: UInt16
    /// The architecture, `EM_…`.
    package var e_machine: UInt16
    /// The format's version, `EV_CURRENT`.
    package var e_version: UInt32
    /// The virtual address where the program starts, or zero.
    package var e_entry: UInt64
    /// The file offset of the program header table, or zero.
    package var e_phoff: UInt64
    /// The file offset of the section header table, or zero.
    package var e_shoff: UInt64
    /// Flags of the architecture; x86-64 has none.
    package var e_flags: UInt32
    /// The size of this header.
    package var e_ehsize: UInt16
    /// The size of one program header.
    package var e_phentsize: UInt16
    /// The number of program headers; `PN_XNUM` if section 0's `sh_info` holds it.
    package var e_phnum: UInt16
    /// The size of one section header.
    package var e_shentsize: UInt16
    /// The number of section headers; zero if section 0's `sh_size` holds it.
    package var e_shnum: UInt16
    /// The index of the section names' string table; `SHN_XINDEX` if section 0's `sh_link` holds it.
    package var e_shstrndx: UInt16
}

/// Positions in `e_ident`.
let EI_CLASS = 4, EI_DATA = 5, EI_VERSION = 6, EI_OSABI = 7

/// The only values of `e_ident` that this module reads: 64 bits, least significant byte first, version 1.
let ELFCLASS64: UInt8 = 2, ELFDATA2LSB: UInt8 = 1, EV_CURRENT: UInt8 = 1

/// File types, `e_type`.
let ET_NONE: UInt16 = 0, ET_REL: UInt16 = 1, ET_EXEC: UInt16 = 2, ET_DYN: UInt16 = 3, ET_CORE: UInt16 = 4

/// The x86-64 architecture, `e_machine`.
let EM_X86_64: UInt16 = 62

/// In `e_phnum`: the count does not fit and is in section 0.
let PN_XNUM: UInt16 = 0xffff
