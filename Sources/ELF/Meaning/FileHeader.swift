// SPDX-License-Identifier: Apache-2.0

/// What a file says about itself as a whole.
package struct FileHeader: Hashable, Sendable {
    /// What the file is for.
    package let type: FileType
    /// The architecture, which is always x86-64: other files are refused.
    package let machine: Machine
    /// The virtual address at which the program starts, or zero.
    package let entry: UInt64
    /// The system ABI (`EI_OSABI`): 0 for System V, 3 for files that use GNU extensions.
    package let systemABI: UInt8
}

extension FileHeader {
    init(_ header: Elf64_Ehdr) {
        type = FileType(rawValue: header.e_type)
        machine = Machine(rawValue: header.e_machine)
        entry = header.e_entry
        systemABI = header.e_ident[EI_OSABI]
    }
}
