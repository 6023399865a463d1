// SPDX-License-Identifier: Apache-2.0

/// The debugging information of a file: DWARF of the versions 2 to 5, as gcc and clang write it.
///
/// When it is made, only the places of the entries are found; what they say is read when it is asked for.
package struct DebugInformation: Sendable {
    let sections: DebugSections
    let index: DebugEntryIndex
    /// The entries of types in type units.
    private let signatures: [UInt64: Int]
    /// Where each unit's numbered texts, addresses and lists begin.
    private(set) var bases: [UnitBases] = []

    /// Finds the debugging information of a file; of a file without any, it is empty.
    ///
    /// - Throws: `ELFError` if it is compressed, damaged, or not in this file.
    package init(of file: ObjectFile) throws(ELFError) {
        sections = try DebugSections(of: file)
        index = try DebugEntryIndex(of: sections)
        var signatures: [UInt64: Int] = [:]
        for unit in index.units {
            guard let type = unit.type, let entry = index.entry(at: type.position) else { continue }
            signatures[type.signature] = entry
        }
        self.signatures = signatures
        bases = try index.roots().map { root throws(ELFError) in try root.map(unitBases) ?? UnitBases() }
    }

    /// Whether there is nothing that describes the program.
    package var isEmpty: Bool { index.entries.isEmpty }
}

/// Where a unit's numbered texts, addresses and lists begin.
struct UnitBases: Sendable {
    var texts: UInt64 = 0
    var addresses: UInt64 = 0
    var lists: UInt64 = 0
    /// What the offsets of range lists of the unit are relative to.
    var code: DebugAddress?
    /// The same, if it is a numbered address, whose table is known only when the unit has been read.
    var numberedCode: UInt64?
}

extension DebugInformation {
    /// What an entry says.
    func attributes(of entry: Int) throws(ELFError) -> EntryAttributes {
        let place = index.entries[entry]
        let unit = index.units[place.unit]
        var attributes = EntryAttributes()
        guard let abbreviation = index.tables[place.unit][place.code] else { return attributes }
        var cursor = try DebugCursor(sections.units, from: place.attributes, to: unit.end)
        for attribute in abbreviation.attributes {
            let value = try cursor.value(of: attribute, in: unit)
            if let name = attribute.name { attributes.append(value, as: name) }
        }
        return attributes
    }

    /// The entry that an attribute refers to, or nil if there is no such attribute.
    ///
    /// - Throws: `ELFError.brokenReference` if no entry begins there, `.separateDebugInformation` if it is elsewhere.
    func reference(_ name: DW_AT, of attributes: EntryAttributes, at entry: Int) throws(ELFError) -> Int? {
        switch attributes[name] {
        case nil: return nil
        case .entry(let position)?:
            guard let target = index.entry(at: position) else {
                throw brokenReference(at: entry, target: UInt64(clamping: position))
            }
            return target
        case .signature(let signature)?:
            guard let target = signatures[signature] else { throw brokenReference(at: entry, target: signature) }
            return target
        case .elsewhere?:
            let place = place(of: entry)
            throw .separateDebugInformation(place.part, offset: place.offset)
        default:
            throw unexpectedValue(at: entry)
        }
    }

    /// A text, or nil if there is no such attribute.
    func text(_ name: DW_AT, of attributes: EntryAttributes, at entry: Int) throws(ELFError) -> String? {
        switch attributes[name] {
        case nil: return nil
        case .inlineText(let position)?: return try sections.units.text(at: UInt64(position))
        case .text(let offset)?: return try sections.strings.text(at: offset)
        case .lineText(let offset)?: return try sections.lineStrings.text(at: offset)
        case .numberedText(let number)?: return try text(number, at: entry)
        case .elsewhere?:
            let place = place(of: entry)
            throw .separateDebugInformation(place.part, offset: place.offset)
        default: throw unexpectedValue(at: entry)
        }
    }

    private func text(_ number: UInt64, at entry: Int) throws(ELFError) -> String {
        let unit = index.entries[entry].unit
        let size = index.units[unit].encoding.offsetSize
        let position = Int(clamping: try element(number, ofSize: size, base: bases[unit].texts, at: entry))
        var cursor = try DebugCursor(sections.stringOffsets, from: position)
        return try sections.strings.text(at: try cursor.number(ofSize: size))
    }

    /// The offset of a numbered element behind a base.
    ///
    /// - Throws: `ELFError.brokenReference` if it does not fit.
    func element(_ number: UInt64, ofSize size: Int, base: UInt64, at entry: Int) throws(ELFError) -> UInt64 {
        let (distance, tooFar) = number.multipliedReportingOverflow(by: UInt64(size))
        let (offset, overflow) = base.addingReportingOverflow(distance)
        guard !tooFar, !overflow else { throw brokenReference(at: entry, target: number) }
        return offset
    }

    /// Where an entry is, for errors.
    func place(of entry: Int) -> (part: ELFError.Part, offset: UInt64) {
        sections.units.place(of: index.entries[entry].position)
    }

    func brokenReference(at entry: Int, target: UInt64) -> ELFError {
        let place = place(of: entry)
        return .brokenReference(place.part, offset: place.offset, target: target)
    }

    func unexpectedValue(at entry: Int) -> ELFError {
        let place = place(of: entry)
        return .unexpectedValue(place.part, offset: place.offset)
    }
}
