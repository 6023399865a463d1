// SPDX-License-Identifier: Apache-2.0

extension RawSpan {
    /// A part of these bytes whose place came from a file.
    ///
    /// - Parameters:
    ///   - offset: the part's first byte.
    ///   - size: its size in bytes.
    ///   - part: what it is, for the error.
    /// - Returns: the part.
    /// - Throws: `ELFError.truncated` if it is not wholly within these bytes.
    @_lifetime(copy self)
    func part(at offset: UInt64, size: UInt64, as part: ELFError.Part) throws(ELFError) -> RawSpan {
        guard let found = self.part(at: offset, size: size) else {
            throw .truncated(part, offset: offset, needed: size, available: UInt64(byteCount))
        }
        return found
    }

    /// A part of these bytes whose place came from a file, or nil if it is not wholly within them.
    @_lifetime(copy self)
    func part(at offset: UInt64, size: UInt64) -> RawSpan? {
        let available = UInt64(byteCount)
        guard offset <= available, size <= available - offset else { return nil }
        return extracting(Int(offset)..<Int(offset + size))
    }

    /// The record at a place that came from a file.
    ///
    /// - Throws: `ELFError.truncated` if it is not wholly within these bytes.
    func record<Record: RawRecord>(
        _ type: Record.Type = Record.self, at offset: UInt64, of part: ELFError.Part
    ) throws(ELFError) -> Record {
        guard let position = Int(exactly: offset), let record = record(type, at: position) else {
            throw .truncated(
                part, offset: offset, needed: UInt64(MemoryLayout<Record>.size), available: UInt64(byteCount))
        }
        return record
    }

    /// The text up to a zero byte from an offset on; nil if no zero byte follows or the text is not UTF-8.
    func zeroTerminatedText(at offset: Int) -> String? {
        guard offset >= 0, offset < byteCount else { return nil }
        var end = offset
        // Safety: end < byteCount, and every byte is a valid UInt8.
        while end < byteCount, unsafe unsafeLoad(fromUncheckedByteOffset: end, as: UInt8.self) != 0 { end += 1 }
        guard end < byteCount else { return nil }
        // Safety: the buffer is used only within the closure, and bytes have no other type that it could contradict.
        return unsafe extracting(offset..<end).withUnsafeBytes { bytes in
            guard let text = try? unsafe UTF8Span(validating: bytes.assumingMemoryBound(to: UInt8.self).span) else {
                return nil
            }
            return String(copying: text)
        }
    }
}

extension RawSpan {
    /// A copy of these bytes.
    func copied() -> [UInt8] {
        // Safety: the buffer is copied within the closure.
        unsafe withUnsafeBytes { bytes in unsafe Array(bytes) }
    }
}

extension Array<UInt8> {
    /// These bytes, as what the tables are views of.
    package var rawSpan: RawSpan {
        @_lifetime(borrow self)
        get {
            // Safety: the elements are bytes already, without padding.
            unsafe span.bytes
        }
    }
}
