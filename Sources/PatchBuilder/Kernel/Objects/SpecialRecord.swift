// SPDX-License-Identifier: Apache-2.0

internal import ELF

/// One record of a special section.
struct SpecialRecord: Hashable {
    /// The section's meaning.
    var kind: SpecialSection
    /// The section.
    var section: SectionIndex
    /// Where it lies there.
    var range: Range<UInt64>
    /// The room that it takes: more than its range if the last one of its section ends early.
    var size: UInt64
    /// The code that it belongs to.
    var piece: Int
    /// The place in the code that it is about, from its beginning.
    var place: Int64

    /// Reads all records of a unit that belong to its code; those of its initialization are left out.
    ///
    /// - Throws: ``KernelRefusal`` if a section is no array of such records, or one belongs to nothing.
    static func all(of unit: KernelUnit, sizes: RecordSizes) throws(KernelRefusal) -> [SpecialRecord] {
        var records: [SpecialRecord] = []
        for section in unit.object.sections {
            guard case .special(let kind) = unit.role(section.index) else { continue }
            let size = UInt64(sizes.size(of: kind, in: section, of: unit))
            let rest = section.size % size
            // include/asm/paravirt.h: the next record is aligned to eight bytes, and nothing follows the last.
            guard rest == 0 || kind.mayEndEarly && size - rest < 8 else {
                throw .unevenSection(unit: unit.name, section: section.name, size: section.size, record: Int(size))
            }
            guard section.bytes(at: 0, count: Int(clamping: section.size)) != nil else {
                throw .unevenSection(unit: unit.name, section: section.name, size: section.size, record: Int(size))
            }
            let subjects = try subjects(of: kind, section, size, unit, sizes)
            var number: UInt64 = 0
            var start: UInt64 = 0
            while start < section.size {
                let range = start..<min(start + size, section.size)
                let isIdle = kind.name == "__jump_table" && leadsToItself(range, of: section.index, unit)
                if let subject = isIdle
                    ? nil
                    : try subject(
                        at: number * subjects.size, of: subjects.section, size: subjects.size, unit)
                {
                    records.append(
                        SpecialRecord(
                            kind: kind, section: section.index, range: range, size: size, piece: subject.piece,
                            place: subject.place))
                }
                start += size
                number += 1
            }
        }
        return records
    }

    /// Whether a jump label leads to its own place: nothing could ever turn it on.
    private static func leadsToItself(_ range: Range<UInt64>, of section: SectionIndex, _ unit: KernelUnit) -> Bool {
        let fields = unit.relocations(in: section, range).filter { $0.type != .none }.prefix(2)
        guard let code = fields.first, let target = fields.last, fields.count == 2, code.symbol == target.symbol,
            code.type == target.type
        else { return false }
        // Each distance counts from its own field, and so does the relocation.
        return target.addend == code.addend
    }

    /// Where the fields that tell the subjects are: in the section itself, or in its companion.
    private static func subjects(
        of kind: SpecialSection, _ section: Section, _ size: UInt64, _ unit: KernelUnit, _ sizes: RecordSizes
    ) throws(KernelRefusal) -> (section: SectionIndex, size: UInt64) {
        guard case .companion(let name) = kind.subject else { return (section.index, size) }
        guard let companion = unit.object.section(named: name), let other = SpecialSection(named: name) else {
            throw .ownerlessRecord(unit: unit.name, section: section.name, offset: 0)
        }
        return (companion.index, UInt64(sizes.size(of: other, in: companion, of: unit)))
    }

    private static func subject(
        at start: UInt64, of section: SectionIndex, size: UInt64, _ unit: KernelUnit
    ) throws(KernelRefusal) -> (piece: Int, place: Int64)? {
        guard let field = unit.relocations(in: section, start..<start + size).first(where: { $0.type != .none }),
            field.offset == start, unit.object.symbols.indices.contains(field.symbol.rawValue),
            case .section(let holder) = unit.object.symbols[field.symbol.rawValue].place
        else {
            throw .ownerlessRecord(unit: unit.name, section: unit.section(section).name, offset: start)
        }
        let symbol = unit.object.symbols[field.symbol.rawValue]
        let offset = UInt64(bitPattern: Int64(bitPattern: symbol.value) &+ field.addend)
        let role = unit.role(holder)
        guard role == .code || role == .fragments, let piece = unit.piece(in: holder, at: offset) else { return nil }
        return (piece, Int64(bitPattern: offset &- unit.pieces[piece].range.lowerBound))
    }
}
