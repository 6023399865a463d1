// SPDX-License-Identifier: Apache-2.0

/// All sections of one purpose, one after the other, with their relocations applied.
///
/// An object file may hold several of one name: each type unit has a section of its own that the linker keeps once.
/// Offsets that relocations fill refer to the whole; a linked file has one of each, and no relocations.
struct DebugSection: Sendable {
    /// The bytes.
    private(set) var bytes: [UInt8] = []
    /// Where each section begins.
    private(set) var pieces: [Piece] = []
    /// The fields that hold addresses of the program, by ascending position; only in relocatable files.
    private(set) var addresses: [AddressField] = []

    /// One of the sections.
    struct Piece: Sendable {
        var start: Int
        var part: ELFError.Part
    }

    /// A field that the linker would fill with an address.
    struct AddressField: Sendable {
        var position: Int
        var address: DebugAddress
    }

    /// Adds a section's contents, and gives where they begin.
    mutating func append(_ section: Section) -> Int {
        let start = bytes.count
        pieces.append(Piece(start: start, part: .section(section.index, name: section.name)))
        bytes += section.contents
        return start
    }

    /// Which section a position lies in, and the offset there.
    func place(of position: Int) -> (part: ELFError.Part, offset: UInt64) {
        guard let piece = pieces.last(where: { $0.start <= position }) ?? pieces.first else {
            return (.sectionHeaders, UInt64(clamping: position))
        }
        return (piece.part, UInt64(clamping: position - piece.start))
    }

    /// Stores a number in a field, least significant byte first.
    mutating func store(_ value: UInt64, at position: Int, count: Int) {
        for byte in 0..<count { bytes[position + byte] = UInt8(truncatingIfNeeded: value >> UInt64(byte * 8)) }
    }

    /// Notes that a field holds an address of the program; fields come by ascending position.
    mutating func note(_ address: DebugAddress, at position: Int) {
        addresses.append(AddressField(position: position, address: address))
    }

    /// Puts the noted fields in order, which some assemblers do not.
    mutating func sortAddresses() {
        addresses.sort { $0.position < $1.position }
    }

    /// The address that the field at a position holds in a relocatable file, or nil if nothing relocates it.
    func address(at position: Int) -> DebugAddress? {
        var range = addresses.indices
        while !range.isEmpty {
            let middle = range.lowerBound + range.count / 2
            if addresses[middle].position == position { return addresses[middle].address }
            range = addresses[middle].position < position ? middle + 1..<range.upperBound : range.lowerBound..<middle
        }
        return nil
    }

    /// A zero-terminated text.
    ///
    /// - Throws: `ELFError.invalidString` if there is none at this offset.
    func text(at offset: UInt64) throws(ELFError) -> String {
        guard let position = Int(exactly: offset), let text = bytes.rawSpan.zeroTerminatedText(at: position) else {
            throw .invalidString(place(of: Int(clamping: offset)).part, offset: offset)
        }
        return text
    }
}
