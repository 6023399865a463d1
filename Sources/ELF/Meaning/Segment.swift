// SPDX-License-Identifier: Apache-2.0

/// What a segment is for.
package struct SegmentType: RawRepresentable, Hashable, Sendable {
    /// The value of `p_type`.
    package let rawValue: UInt32

    /// Wraps a value of `p_type`.
    package init(rawValue: UInt32) { self.rawValue = rawValue }

    /// An unused entry.
    package static let null = SegmentType(rawValue: PT_NULL)
    /// Mapped into memory.
    package static let load = SegmentType(rawValue: PT_LOAD)
    /// The dynamic linker's table.
    package static let dynamic = SegmentType(rawValue: PT_DYNAMIC)
    /// The path of the program interpreter.
    package static let interpreter = SegmentType(rawValue: PT_INTERP)
    /// Notes, such as the build ID.
    package static let note = SegmentType(rawValue: PT_NOTE)
    /// The program header table itself.
    package static let programHeaders = SegmentType(rawValue: PT_PHDR)
    /// The initial thread-local data.
    package static let tls = SegmentType(rawValue: PT_TLS)
    /// The index of the unwind tables.
    package static let unwindIndex = SegmentType(rawValue: PT_GNU_EH_FRAME)
    /// Whether the stack is executable.
    package static let stack = SegmentType(rawValue: PT_GNU_STACK)
    /// Read-only once relocated.
    package static let readOnlyAfterRelocation = SegmentType(rawValue: PT_GNU_RELRO)
    /// Properties of the program, as a note.
    package static let property = SegmentType(rawValue: PT_GNU_PROPERTY)
}

/// A segment's permissions.
package struct SegmentFlags: OptionSet, Hashable, Sendable {
    /// The value of `p_flags`.
    package let rawValue: UInt32

    /// Wraps a value of `p_flags`.
    package init(rawValue: UInt32) { self.rawValue = rawValue }

    /// May be executed.
    package static let execute = SegmentFlags(rawValue: PF_X)
    /// May be written.
    package static let write = SegmentFlags(rawValue: PF_W)
    /// May be read.
    package static let read = SegmentFlags(rawValue: PF_R)
}

/// A segment: a range of the file as the loader sees it.
package struct Segment: Hashable, Sendable {
    /// What it is for.
    package let type: SegmentType
    /// Its permissions.
    package let flags: SegmentFlags
    /// The file offset of its first byte.
    package let offset: UInt64
    /// The link-time virtual address of its first byte.
    package let virtualAddress: UInt64
    /// The number of bytes in the file.
    package let fileSize: UInt64
    /// The number of bytes in memory.
    package let memorySize: UInt64
    /// The alignment to which address and file offset are congruent.
    package let alignment: UInt64
}

extension Segment {
    init(_ header: Elf64_Phdr) {
        type = SegmentType(rawValue: header.p_type)
        flags = SegmentFlags(rawValue: header.p_flags)
        offset = header.p_offset
        virtualAddress = header.p_vaddr
        fileSize = header.p_filesz
        memorySize = header.p_memsz
        alignment = header.p_align
    }
}
