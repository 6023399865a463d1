// SPDX-License-Identifier: Apache-2.0

/// What a unit says of itself before its entries; DWARF 5, 7.5.1.
struct DebugUnitHeader: Sendable {
    /// How numbers of the unit are stored.
    struct Encoding: Hashable, Sendable {
        /// The version of the format.
        var version: UInt16
        /// The size of offsets: eight in the 64-bit format.
        var offsetSize: Int

        /// The size of a reference to another unit: up to version 2 that of an address.
        var globalReferenceSize: Int { version <= 2 ? 8 : offsetSize }
    }

    /// Where the unit begins.
    var start: Int
    /// Where its entries begin.
    var entries: Int
    /// Where it ends.
    var end: Int
    /// How its numbers are stored.
    var encoding: Encoding
    /// Its abbreviation table.
    var abbreviations: UInt64
    /// If it is a type unit, the type's signature and where the type is.
    var type: (signature: UInt64, position: Int)?
    /// Whether the rest is in another file (`-gsplit-dwarf`).
    var isSkeleton = false

    /// Reads the header of the unit that begins at a position.
    init(parsing section: DebugSection, at start: Int) throws(ELFError) {
        var cursor = try DebugCursor(section, from: start)
        let place = section.place(of: start)
        var length = UInt64(try cursor.number(UInt32.self))
        var offsetSize = 4
        if length == UInt64(DW_LENGTH_64) {
            length = try cursor.number(UInt64.self)
            offsetSize = 8
        }
        let body = cursor.position
        try cursor.skip(length)
        self.start = start
        end = cursor.position
        cursor = try DebugCursor(section, from: body, to: end)

        let version: UInt16 = try cursor.number()
        guard (2...5).contains(version) else {
            throw .unsupportedDWARF(place.part, offset: place.offset, version: version)
        }
        encoding = Encoding(version: version, offsetSize: offsetSize)
        var kind = DW_UT_compile
        let addressSize: UInt8
        if version >= 5 {
            kind = try cursor.number()
            addressSize = try cursor.number()
            abbreviations = try cursor.number(ofSize: offsetSize)
        } else {
            abbreviations = try cursor.number(ofSize: offsetSize)
            addressSize = try cursor.number()
            if case .section(_, name: ".debug_types") = place.part { kind = DW_UT_type }
        }
        guard addressSize == 8 else {
            throw .unexpectedEntrySize(place.part, found: UInt64(addressSize), expected: 8)
        }
        switch kind {
        case DW_UT_type, DW_UT_split_type:
            let signature: UInt64 = try cursor.number()
            let offset = try cursor.number(ofSize: offsetSize)
            guard offset < UInt64(end - start) else {
                throw .brokenReference(place.part, offset: place.offset, target: offset)
            }
            type = (signature, start + Int(offset))
        case DW_UT_skeleton, DW_UT_split_compile:
            try cursor.skip(8)
            isSkeleton = kind == DW_UT_skeleton
        default:
            break
        }
        entries = cursor.position
    }
}
