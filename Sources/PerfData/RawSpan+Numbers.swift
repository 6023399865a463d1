// SPDX-License-Identifier: Apache-2.0

extension RawSpan {
    /// A little-endian number; 0 where it is not wholly within the bytes, which callers have checked.
    func number<Number: FixedWidthInteger & BitwiseCopyable>(at offset: Int, as type: Number.Type) -> Number {
        guard offset >= 0, offset <= byteCount - MemoryLayout<Number>.size else { return 0 }
        // Safety: the number lies within the span (checked above), and every bit pattern is a number.
        return Number(littleEndian: unsafe unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: Number.self))
    }

    /// A copy of a part of these bytes.
    func copied(_ range: Range<Int>) -> [UInt8] {
        // Safety: extracting() checks the range, and the buffer is copied within the closure.
        unsafe extracting(range).withUnsafeBytes { bytes in unsafe Array(bytes) }
    }

    /// Whether a range that came from a file is wholly within these bytes; the range, as positions.
    func range(at offset: UInt64, size: UInt64) -> Range<Int>? {
        let available = UInt64(byteCount)
        guard offset <= available, size <= available - offset else { return nil }
        return Int(offset)..<Int(offset + size)
    }
}

/// A number's bytes, the lowest first.
func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] {
    (0..<value.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
}
