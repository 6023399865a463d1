// SPDX-License-Identifier: Apache-2.0
// swift-format-ignore-file: AlwaysUseLowerCamelCase (the specification's own names)

/// A program header: one segment as the loader sees it.
package struct Elf64_Phdr: RawRecord {
    /// What the segment is for, `PT_…`.
    package var p_type: UInt32
    /// Permissions, `PF_…`.
    package var p_flags: UInt32
    /// The file offset of the segment's first byte.
    package var p_offset: UInt64
    /// The virtual address of the segment's first byte.
    package var p_vaddr: UInt64
    /// The physical address; without meaning for programs.
    package var p_paddr: UInt64
    /// The number of bytes in the file.
    package var p_filesz: UInt64
    /// The number of bytes in memory; those that the file does not give are zero.
    package var p_memsz: UInt64
    /// The alignment to which `p_vaddr` and `p_offset` are congruent.
    package var p_align: UInt64
}

/// Segment types, `p_type`.
let PT_NULL: UInt32 = 0, PT_LOAD: UInt32 = 1, PT_DYNAMIC: UInt32 = 2, PT_INTERP: UInt32 = 3, PT_NOTE: UInt32 = 4
let PT_PHDR: UInt32 = 6, PT_TLS: UInt32 = 7, PT_GNU_EH_FRAME: UInt32 = 0x6474_e550
let PT_GNU_STACK: UInt32 = 0x6474_e551, PT_GNU_RELRO: UInt32 = 0x6474_e552, PT_GNU_PROPERTY: UInt32 = 0x6474_e553

/// Segment permissions, `p_flags`.
let PF_X: UInt32 = 1, PF_W: UInt32 = 2, PF_R: UInt32 = 4
