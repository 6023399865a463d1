// SPDX-License-Identifier: Apache-2.0

/// Where one entry of the debugging information is.
struct DebugEntry: Sendable {
    /// The position of its first byte.
    var position: Int
    /// The position of its first attribute.
    var attributes: Int
    /// Its layout's number in the unit's abbreviation table.
    var code: UInt64
    /// What it describes; nil for something that this module does not know.
    var tag: DW_TAG?
    /// The unit that it belongs to, by position.
    var unit: Int
    /// The entry that it belongs to, or -1.
    var parent: Int
    /// The index behind the last entry that belongs to it, directly or not.
    var end: Int
}

/// All entries of all units in order, found without a look at their attributes.
struct DebugEntryIndex: Sendable {
    /// The units.
    private(set) var units: [DebugUnitHeader] = []
    /// The abbreviation table of each unit.
    private(set) var tables: [AbbreviationTable] = []
    /// The entries.
    private(set) var entries: [DebugEntry] = []

    /// Compilers nest a few dozen; names and scopes are found by walking up.
    private static let depthLimit = 1000

    /// Finds all entries.
    init(of sections: DebugSections) throws(ELFError) {
        var known: [TableKey: AbbreviationTable] = [:]
        let section = sections.abbreviations
        // Units share tables, and tables do not overlap in honest files.
        var budget = Budget(limit: UInt64(section.bytes.count) * 4 + 64, part: section.place(of: 0).part)
        var start = 0
        // Every section begins a unit of its own; what pads the end of one is no unit.
        while start < sections.units.bytes.count {
            let header = try DebugUnitHeader(parsing: sections.units, at: start)
            let key = TableKey(offset: header.abbreviations, encoding: header.encoding)
            let table: AbbreviationTable
            if let found = known[key] {
                table = found
            } else {
                table = try AbbreviationTable(
                    parsing: section, at: header.abbreviations, encoding: header.encoding, budget: &budget)
                known[key] = table
            }
            units.append(header)
            tables.append(table)
            try appendEntries(of: header, in: sections.units, table: table)
            start = header.end
        }
    }

    private struct TableKey: Hashable {
        var offset: UInt64
        var encoding: DebugUnitHeader.Encoding
    }

    private mutating func appendEntries(
        of header: DebugUnitHeader, in section: DebugSection, table: AbbreviationTable
    ) throws(ELFError) {
        var cursor = try DebugCursor(section, from: header.entries, to: header.end)
        var open: [Int] = []
        while !cursor.isAtEnd {
            let position = cursor.position
            let code = try cursor.unsigned()
            guard code != 0 else {
                // The end of the children of the innermost entry; zeroes may pad the end of a unit.
                if let closed = open.popLast() { entries[closed].end = entries.count }
                continue
            }
            guard let abbreviation = table[code] else {
                let place = section.place(of: position)
                throw .unknownAbbreviation(place.part, offset: place.offset, code: code)
            }
            let index = entries.count
            entries.append(
                DebugEntry(
                    position: position, attributes: cursor.position, code: code, tag: abbreviation.tag,
                    unit: units.count - 1, parent: open.last ?? -1, end: index + 1))
            try cursor.skip(abbreviation, encoding: header.encoding)
            guard abbreviation.hasChildren else { continue }
            guard open.count < Self.depthLimit else {
                throw .excessive(section.place(of: position).part, limit: UInt64(Self.depthLimit))
            }
            open.append(index)
        }
        for index in open { entries[index].end = entries.count }
    }

    /// The entry that begins at a position, or nil if none does.
    func entry(at position: Int) -> Int? {
        var range = entries.indices
        while !range.isEmpty {
            let middle = range.lowerBound + range.count / 2
            if entries[middle].position == position { return middle }
            range = entries[middle].position < position ? middle + 1..<range.upperBound : range.lowerBound..<middle
        }
        return nil
    }

    /// The entries that belong to an entry directly.
    func children(of parent: Int) -> [Int] {
        var children: [Int] = []
        var next = parent + 1
        while next < entries[parent].end {
            children.append(next)
            next = entries[next].end
        }
        return children
    }
}

extension DebugCursor {
    /// Goes over the attributes of an entry.
    @_lifetime(self: copy self)
    fileprivate mutating func skip(
        _ abbreviation: Abbreviation, encoding: DebugUnitHeader.Encoding
    ) throws(ELFError) {
        for step in abbreviation.steps { try skip(step, encoding: encoding) }
    }

    /// Goes over one step.
    @_lifetime(self: copy self)
    fileprivate mutating func skip(
        _ step: Abbreviation.Step, encoding: DebugUnitHeader.Encoding
    ) throws(ELFError) {
        switch step {
        case .fixed(let size): try skip(size)
        case .number: _ = try signed()
        case .block(let sizeBytes): try skip(try number(ofSize: sizeBytes))
        case .measuredBlock: try skip(try unsigned())
        case .text: _ = try text()
        case .indirect: try skip(try indirectForm().step(encoding), encoding: encoding)
        }
    }
}
