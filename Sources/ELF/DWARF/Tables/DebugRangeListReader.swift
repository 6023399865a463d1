// SPDX-License-Identifier: Apache-2.0

/// Reads a list of pieces of code.
struct DebugRangeListReader {
    let information: DebugInformation
    /// The entry that the list belongs to, for errors.
    let entry: Int
    /// What offsets are relative to.
    var base: DebugAddress

    /// A list of version 5; DWARF 5, 7.25.
    mutating func list(at offset: UInt64) throws(ELFError) -> [DebugCodeRange] {
        let section = information.sections.rangeLists
        var cursor = try DebugCursor(section, from: Int(clamping: offset))
        var ranges: [DebugCodeRange] = []
        while true {
            try requireHonest(ranges, in: section)
            let kind: UInt8 = try cursor.number()
            switch kind {
            case DW_RLE_end_of_list:
                return ranges
            case DW_RLE_base_addressx:
                base = try numbered(cursor.unsigned())
            case DW_RLE_base_address:
                base = try address(&cursor, in: section)
            case DW_RLE_offset_pair:
                let start = try cursor.unsigned()
                ranges.append(DebugCodeRange(start: base.advanced(by: start), size: try cursor.unsigned() &- start))
            case DW_RLE_startx_endx:
                let start = try numbered(cursor.unsigned())
                ranges.append(range(start, to: try numbered(cursor.unsigned())))
            case DW_RLE_startx_length:
                let start = try numbered(cursor.unsigned())
                ranges.append(DebugCodeRange(start: start, size: try cursor.unsigned()))
            case DW_RLE_start_end:
                let start = try address(&cursor, in: section)
                ranges.append(range(start, to: try address(&cursor, in: section)))
            case DW_RLE_start_length:
                let start = try address(&cursor, in: section)
                ranges.append(DebugCodeRange(start: start, size: try cursor.unsigned()))
            default:
                let place = section.place(of: cursor.position - 1)
                throw .unknownForm(place.part, offset: place.offset, form: UInt64(kind))
            }
        }
    }

    /// A list of the versions before: pairs of addresses relative to a base, which a pair of its own may set.
    mutating func oldList(at offset: UInt64) throws(ELFError) -> [DebugCodeRange] {
        let section = information.sections.ranges
        var cursor = try DebugCursor(section, from: Int(clamping: offset))
        var ranges: [DebugCodeRange] = []
        while true {
            try requireHonest(ranges, in: section)
            let startField = section.address(at: cursor.position)
            let start: UInt64 = try cursor.number()
            let endField = section.address(at: cursor.position)
            let end: UInt64 = try cursor.number()
            if start == .max {
                base = endField ?? .absolute(end)
            } else if let startField, let endField {
                ranges.append(range(startField, to: endField))
            } else if start == 0, end == 0 {
                return ranges
            } else {
                ranges.append(DebugCodeRange(start: base.advanced(by: start), size: end &- start))
            }
        }
    }

    /// Compilers cut a function into two pieces, and an inlined one into a few more.
    private func requireHonest(_ ranges: [DebugCodeRange], in section: DebugSection) throws(ELFError) {
        guard ranges.count < 10_000 else { throw .excessive(section.place(of: 0).part, limit: 10_000) }
    }

    private func range(_ start: DebugAddress, to end: DebugAddress) -> DebugCodeRange {
        DebugCodeRange(start: start, size: end.distance(from: start) ?? 0)
    }

    private func numbered(_ number: UInt64) throws(ELFError) -> DebugAddress {
        try information.address(number, unit: information.index.entries[entry].unit, at: entry)
    }

    private func address(_ cursor: inout DebugCursor, in section: DebugSection) throws(ELFError) -> DebugAddress {
        let position = cursor.position
        let value: UInt64 = try cursor.number()
        return section.address(at: position) ?? .absolute(value)
    }
}
