// SPDX-License-Identifier: Apache-2.0
// swift-format-ignore-file: AlwaysUseLowerCamelCase (the specification's own names)

/// The header of a note; its name and its descriptor follow, each padded to the notes' alignment.
package struct Elf64_Nhdr: RawRecord {
    /// The size of the name, with its terminating zero byte, without padding.
    package var n_namesz: UInt32
    /// The size of the descriptor without padding.
    package var n_descsz: UInt32
    /// What the descriptor means to the owner whom the name names.
    package var n_type: UInt32
}

/// Of the owner "GNU": the descriptor is the build ID.
let NT_GNU_BUILD_ID: UInt32 = 3
