// SPDX-License-Identifier: Apache-2.0

/// A piece of code that belongs to a function or a unit.
package struct DebugCodeRange: Hashable, Sendable {
    /// Its first byte.
    package var start: DebugAddress
    /// Its size in bytes.
    package var size: UInt64
}

extension DebugInformation {
    /// The code that an entry describes: one piece, or several; none if it was not made.
    func code(of attributes: EntryAttributes, at entry: Int) throws(ELFError) -> [DebugCodeRange] {
        switch attributes[.ranges] {
        case .offset(let offset)?, .unsigned(let offset)?:
            return try rangeList(at: offset, entry: entry)
        case .numberedList(let number)?:
            // The table of offsets, relative to itself, is where the unit's lists begin; DWARF 5, 7.28.
            let unit = index.entries[entry].unit
            let size = index.units[unit].encoding.offsetSize
            let base = bases[unit].lists
            let position = Int(clamping: try element(number, ofSize: size, base: base, at: entry))
            var cursor = try DebugCursor(sections.rangeLists, from: position)
            let (offset, overflow) = base.addingReportingOverflow(try cursor.number(ofSize: size))
            guard !overflow else { throw brokenReference(at: entry, target: number) }
            return try rangeList(at: offset, entry: entry)
        case nil:
            guard let start = try address(.low_pc, of: attributes, at: entry) else { return [] }
            return [DebugCodeRange(start: start, size: try size(of: attributes, start: start, at: entry))]
        default:
            throw unexpectedValue(at: entry)
        }
    }

    /// From version 4 on, the end may be said as a distance; DWARF 5, 2.17.2.
    private func size(of attributes: EntryAttributes, start: DebugAddress, at entry: Int) throws(ELFError) -> UInt64 {
        if let size = attributes.unsigned(.high_pc) { return size }
        guard let end = try address(.high_pc, of: attributes, at: entry) else { return 0 }
        return end.distance(from: start) ?? 0
    }

    /// An address, or nil if there is no such attribute.
    func address(_ name: DW_AT, of attributes: EntryAttributes, at entry: Int) throws(ELFError) -> DebugAddress? {
        switch attributes[name] {
        case nil: nil
        case .address(let value, let field)?: sections.units.address(at: field) ?? .absolute(value)
        case .numberedAddress(let number)?: try address(number, unit: index.entries[entry].unit, at: entry)
        default: throw unexpectedValue(at: entry)
        }
    }

    /// A numbered address of a unit.
    func address(_ number: UInt64, unit: Int, at entry: Int) throws(ELFError) -> DebugAddress {
        let position = Int(clamping: try element(number, ofSize: 8, base: bases[unit].addresses, at: entry))
        var cursor = try DebugCursor(sections.addresses, from: position)
        let value: UInt64 = try cursor.number()
        return sections.addresses.address(at: position) ?? .absolute(value)
    }

    private func rangeList(at offset: UInt64, entry: Int) throws(ELFError) -> [DebugCodeRange] {
        let unit = index.entries[entry].unit
        var base = bases[unit].code ?? .absolute(0)
        if let number = bases[unit].numberedCode { base = try address(number, unit: unit, at: entry) }
        var list = DebugRangeListReader(information: self, entry: entry, base: base)
        return index.units[unit].encoding.version >= 5
            ? try list.list(at: offset) : try list.oldList(at: offset)
    }
}

extension DebugAddress {
    /// The distance from another address in the same section, or nil.
    func distance(from start: DebugAddress) -> UInt64? {
        switch (self, start) {
        case (.absolute(let end), .absolute(let start)): end &- start
        case (.section(let one, let end), .section(let other, let start)) where one == other: end &- start
        default: nil
        }
    }
}
