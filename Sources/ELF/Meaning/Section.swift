// SPDX-License-Identifier: Apache-2.0

/// A section of a file.
package struct Section: Hashable, Sendable {
    /// Its position in the section header table.
    package let index: SectionIndex
    /// Its name; empty if the file has no section names.
    package let name: String
    /// What it holds.
    package let type: SectionType
    /// Its attributes.
    package let flags: SectionFlags
    /// The link-time virtual address of its first byte, or zero.
    package let address: UInt64
    /// The file offset of its contents.
    package let fileOffset: UInt64
    /// Its size in memory.
    package let size: UInt64
    /// Its bytes in the file, empty for `noBits`; a slice of the file, so its first index is `startIndex`, not 0.
    package let contents: ArraySlice<UInt8>
    /// The alignment of its address: zero, or a power of two in any file that a linker accepts.
    package let alignment: UInt64
    /// The size of one entry, if it is a table.
    package let entrySize: UInt64
    /// The section it is linked to; which one depends on the type.
    package let link: SectionIndex
    /// Extra information; what depends on the type.
    package let info: UInt32

    /// Bytes of the contents, or nil if they are not all within the section.
    ///
    /// - Parameters:
    ///   - offset: the first byte, counted from the section's start.
    ///   - count: the number of bytes.
    /// - Returns: the bytes.
    package func bytes(at offset: UInt64, count: Int) -> ArraySlice<UInt8>? {
        guard count >= 0, let offset = Int(exactly: offset), offset <= contents.count,
            count <= contents.count - offset
        else { return nil }
        let start = contents.startIndex + offset
        return contents[start..<start + count]
    }
}
