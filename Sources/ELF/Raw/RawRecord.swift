// SPDX-License-Identifier: Apache-2.0

/// A fixed-size record that may be loaded from any bytes.
///
/// Conforming types promise what makes that sound: every bit pattern is a valid value, the fields lie in the file's
/// order without padding, and all of them are little-endian like every machine this package runs on.
/// `RawRecordTests` holds the sizes and field offsets against the specification.
@usableFromInline
package protocol RawRecord: BitwiseCopyable, Sendable {}

#if _endian(big)
    #error("ELF records are loaded as they lie in the file, which is little-endian")
#endif

extension UInt8: RawRecord {}
extension UInt16: RawRecord {}
extension UInt32: RawRecord {}
extension UInt64: RawRecord {}

extension RawSpan {
    /// The record that starts at a byte offset, or nil if it does not lie wholly within these bytes.
    @inlinable
    package func record<Record: RawRecord>(_ type: Record.Type = Record.self, at offset: Int) -> Record? {
        guard offset >= 0, offset <= byteCount &- MemoryLayout<Record>.size else { return nil }
        // Safety: the record lies within the span (checked above), and a RawRecord is valid for every bit pattern.
        return unsafe unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: Record.self)
    }
}

extension Array<UInt8> {
    /// Adds a record's bytes as they lie in a file.
    mutating func append<Record: RawRecord>(_ record: Record) {
        // Safety: a RawRecord has no padding, so every byte of it is initialised.
        unsafe Swift.withUnsafeBytes(of: record) { bytes in unsafe append(contentsOf: bytes) }
    }
}
