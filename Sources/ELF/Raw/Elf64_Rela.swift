// SPDX-License-Identifier: Apache-2.0
// swift-format-ignore-file: AlwaysUseLowerCamelCase (the specification's own names)

/// A relocation with an explicit addend, the only kind that x86-64 uses.
package struct Elf64_Rela: RawRecord {
    /// Where to apply it: an offset in the section (relocatable files) or a virtual address (others).
    package var r_offset: UInt64
    /// The symbol's index (upper 32 bits) and the type `R_X86_64_…` (lower 32 bits).
    package var r_info: UInt64
    /// The constant to add.
    package var r_addend: Int64
}
