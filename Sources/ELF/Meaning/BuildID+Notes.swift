// SPDX-License-Identifier: Apache-2.0

extension BuildID {
    /// The longest build ID that is believed; the linkers' longest is 32 bytes.
    static let longest = 64

    /// Looks for the build ID among notes, of a file or read from another process's memory.
    ///
    /// The result is nil if there is none, or if what precedes it is not a chain of notes.
    ///
    /// - Parameters:
    ///   - notes: the contents of a note section or segment.
    ///   - alignment: the alignment that the section or segment gives.
    package init?(notes: RawSpan, alignment: UInt64 = 4) {
        var reader = NoteReader(notes, alignment: alignment, part: .notes)
        while let note = try? reader.next() {
            guard note.type == NT_GNU_BUILD_ID, note.hasName("GNU"), 1...Self.longest ~= note.descriptor.byteCount
            else { continue }
            self.init(bytes: note.descriptor.copied())
            return
        }
        return nil
    }

    /// Looks for the build ID among notes, of a file or read from another process's memory.
    ///
    /// The result is nil if there is none, or if what precedes it is not a chain of notes.
    ///
    /// - Parameters:
    ///   - notes: the contents of a note section or segment.
    ///   - alignment: the alignment that the section or segment gives.
    package init?(notes: [UInt8], alignment: UInt64 = 4) {
        self.init(notes: notes.rawSpan, alignment: alignment)
    }
}
