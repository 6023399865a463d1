// SPDX-License-Identifier: Apache-2.0

/// An array of equal records in somebody else's bytes, read in place.
///
/// The length is checked once, when the table is made; each access then costs one comparison and one load.
@usableFromInline
package struct RecordTable<Record: RawRecord>: ~Escapable {
    @usableFromInline let bytes: RawSpan

    /// The number of whole records.
    @usableFromInline package let count: Int

    /// Views bytes as records; what remains after the last whole record is not part of the table.
    @inlinable
    @_lifetime(copy bytes)
    package init(_ bytes: RawSpan) {
        self.bytes = bytes
        count = bytes.byteCount / MemoryLayout<Record>.size
    }

    /// The positions of all records.
    @inlinable
    package var indices: Range<Int> { 0..<count }

    /// The record at a position that the caller knows to be in the table, as with an array.
    @inlinable
    package subscript(index: Int) -> Record {
        precondition(index >= 0 && index < count, "record index out of range")
        // Safety: index < count, so the record ends within the span; a RawRecord is valid for every bit pattern.
        return unsafe bytes.unsafeLoadUnaligned(
            fromUncheckedByteOffset: index &* MemoryLayout<Record>.size, as: Record.self)
    }

    /// The record at a position that came from a file, or nil if there is none.
    @inlinable
    package subscript(ifPresent index: some BinaryInteger) -> Record? {
        guard let index = Int(exactly: index), index >= 0, index < count else { return nil }
        return self[index]
    }
}
