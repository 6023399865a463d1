// SPDX-License-Identifier: Apache-2.0

/// Reads numbers and texts of debugging information one after the other.
struct DebugCursor: ~Escapable {
    private let bytes: RawSpan
    private let pieces: [DebugSection.Piece]
    /// Where to read next.
    private(set) var position: Int
    /// Where reading must end.
    private let end: Int

    /// Starts at a position of a section; what lies behind `end` is not read.
    ///
    /// - Throws: `ELFError.truncated` if the section does not have these bytes.
    @_lifetime(borrow section)
    init(_ section: borrowing DebugSection, from position: Int, to end: Int) throws(ELFError) {
        bytes = section.bytes.rawSpan
        pieces = section.pieces
        self.position = position
        self.end = end
        guard position >= 0, position <= end, end <= bytes.byteCount else {
            let place = section.place(of: position)
            throw .truncated(
                place.part, offset: place.offset, needed: UInt64(clamping: end - max(position, 0)),
                available: UInt64(bytes.byteCount))
        }
    }

    /// Starts at a position of a section.
    @_lifetime(borrow section)
    init(_ section: borrowing DebugSection, from position: Int) throws(ELFError) {
        try self.init(section, from: position, to: max(position, section.bytes.count))
    }

    /// Whether everything has been read.
    var isAtEnd: Bool { position >= end }

    /// Goes over bytes.
    ///
    /// - Throws: `ELFError.truncated` if there are not as many.
    @_lifetime(self: copy self)
    mutating func skip(_ count: UInt64) throws(ELFError) {
        guard count <= UInt64(end - position) else { throw truncated(needed: count) }
        position += Int(count)
    }

    /// The next number of a fixed size.
    @_lifetime(self: copy self)
    mutating func number<Number: RawRecord>(_ type: Number.Type = Number.self) throws(ELFError) -> Number {
        guard MemoryLayout<Number>.size <= end - position, let number = bytes.record(type, at: position) else {
            throw truncated(needed: UInt64(MemoryLayout<Number>.size))
        }
        position += MemoryLayout<Number>.size
        return number
    }

    /// The next number of up to eight bytes.
    @_lifetime(self: copy self)
    mutating func number(ofSize size: Int) throws(ELFError) -> UInt64 {
        switch size {
        case 1: return UInt64(try number(UInt8.self))
        case 2: return UInt64(try number(UInt16.self))
        case 4: return UInt64(try number(UInt32.self))
        case 8: return try number(UInt64.self)
        default:
            var value: UInt64 = 0
            for byte in 0..<size { value |= UInt64(try number(UInt8.self)) << UInt64(byte * 8 & 63) }
            return value
        }
    }

    /// The next LEB128 number; DWARF 5, 7.6.
    ///
    /// - Throws: `ELFError.oversizedNumber` if it has more than 64 bits.
    @_lifetime(self: copy self)
    mutating func unsigned() throws(ELFError) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        let start = position
        while true {
            let byte: UInt8 = try number()
            let bits = UInt64(byte & 0x7f)
            // Padding with zeroes is allowed; what does not fit is not.
            guard shift < 64 ? (bits << shift) >> shift == bits : bits == 0 else { throw oversized(start) }
            if shift < 64 { value |= bits << shift }
            if byte & 0x80 == 0 { return value }
            shift += 7
        }
    }

    /// The next signed LEB128 number; bits beyond 64 repeat the sign.
    @_lifetime(self: copy self)
    mutating func signed() throws(ELFError) -> Int64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let byte: UInt8 = try number()
            if shift < 64 { value |= UInt64(byte & 0x7f) << shift }
            shift += 7
            guard byte & 0x80 == 0 else { continue }
            if byte & 0x40 != 0, shift < 64 { value |= ~0 << shift }
            return Int64(bitPattern: value)
        }
    }

    /// Goes over a zero-terminated text, and gives where it begins.
    @_lifetime(self: copy self)
    mutating func text() throws(ELFError) -> Int {
        let start = position
        while try number(UInt8.self) != 0 {}
        return start
    }

    private func truncated(needed: UInt64) -> ELFError {
        let place = place(of: position)
        return .truncated(place.part, offset: place.offset, needed: needed, available: UInt64(end - position))
    }

    private func oversized(_ position: Int) -> ELFError {
        let place = place(of: position)
        return .oversizedNumber(place.part, offset: place.offset)
    }

    func place(of position: Int) -> (part: ELFError.Part, offset: UInt64) {
        guard let piece = pieces.last(where: { $0.start <= position }) else { return (.sectionHeaders, 0) }
        return (piece.part, UInt64(position - piece.start))
    }
}
