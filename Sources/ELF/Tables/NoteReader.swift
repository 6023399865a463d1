// SPDX-License-Identifier: Apache-2.0

/// Reads one note after the other, from a file or from a process's memory.
package struct NoteReader: ~Escapable {
    private let bytes: RawSpan
    private let alignment: UInt64
    private let part: ELFError.Part
    private var offset: UInt64 = 0

    /// Starts at the first note.
    ///
    /// - Parameters:
    ///   - bytes: the contents of a note section or segment.
    ///   - alignment: the section's or segment's alignment. The gABI pads to 8 bytes in 64-bit files, but what is
    ///     written pads to 4 unless the alignment is 8.
    ///   - part: where the notes are, for errors.
    @_lifetime(copy bytes)
    package init(_ bytes: RawSpan, alignment: UInt64, part: ELFError.Part) {
        self.bytes = bytes
        self.alignment = alignment == 8 ? 8 : 4
        self.part = part
    }

    /// The next note, or nil after the last one.
    ///
    /// - Throws: `ELFError.truncated` if the note is not wholly there.
    @_lifetime(copy self)
    package mutating func next() throws(ELFError) -> Note? {
        guard offset < UInt64(bytes.byteCount) else { return nil }
        let header: Elf64_Nhdr = try bytes.record(at: offset, of: part)
        // The sizes are 32-bit numbers and the offset is within the bytes, so that none of these sums overflows.
        let nameOffset = offset + UInt64(MemoryLayout<Elf64_Nhdr>.size)
        let descriptorOffset = padded(nameOffset + UInt64(header.n_namesz))
        let note = Note(
            type: header.n_type,
            name: try bytes.part(at: nameOffset, size: UInt64(header.n_namesz), as: part),
            descriptor: try bytes.part(at: descriptorOffset, size: UInt64(header.n_descsz), as: part))
        offset = padded(descriptorOffset + UInt64(header.n_descsz))
        return note
    }

    private func padded(_ offset: UInt64) -> UInt64 {
        (offset + alignment - 1) / alignment * alignment
    }
}

/// A note: something that its owner, whom the name names, wants known.
package struct Note: ~Escapable {
    /// What the descriptor means to the owner.
    package let type: UInt32
    /// The owner's name, with its terminating zero byte.
    package let name: RawSpan
    /// What is to be known.
    package let descriptor: RawSpan

    @_lifetime(copy name, copy descriptor)
    init(type: UInt32, name: RawSpan, descriptor: RawSpan) {
        self.type = type
        self.name = name
        self.descriptor = descriptor
    }

    /// Whether the owner has this name.
    package func hasName(_ text: StaticString) -> Bool {
        name.byteCount == text.utf8CodeUnitCount + 1 && name.zeroTerminatedText(at: 0) == text.description
    }
}
