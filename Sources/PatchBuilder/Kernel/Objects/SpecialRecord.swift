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
            var number: UInt64 = 0
            var start: UInt64 = 0
            while start < section.size {
                let range = start..<min(start + size, section.size)
                if let subject = try subject(of: kind, section.index, number, range, unit, sizes) {
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

    private static func subject(
        of kind: SpecialSection, _ section: SectionIndex, _ number: UInt64, _ range: Range<UInt64>, _ unit: KernelUnit,
        _ sizes: RecordSizes
    ) throws(KernelRefusal) -> (piece: Int, place: Int64)? {
        var (section, range) = (section, range)
        if case .companion(let name) = kind.subject {
            guard let companion = unit.object.section(named: name), let kind = SpecialSection(named: name) else {
                throw .ownerlessRecord(unit: unit.name, section: kind.name, offset: range.lowerBound)
            }
            section = companion.index
            let size = UInt64(sizes.size(of: kind, in: companion, of: unit))
            range = number * size..<(number + 1) * size
        }
        guard let field = unit.relocations(in: section, range).first(where: { $0.type != .none }),
            field.offset == range.lowerBound, unit.object.symbols.indices.contains(field.symbol.rawValue),
            case .section(let holder) = unit.object.symbols[field.symbol.rawValue].place
        else {
            throw .ownerlessRecord(unit: unit.name, section: unit.section(section).name, offset: range.lowerBound)
        }
        let symbol = unit.object.symbols[field.symbol.rawValue]
        let offset = UInt64(bitPattern: Int64(bitPattern: symbol.value) &+ field.addend)
        let role = unit.role(holder)
        guard role == .code || role == .fragments, let piece = unit.piece(in: holder, at: offset) else { return nil }
        return (piece, Int64(bitPattern: offset &- unit.pieces[piece].range.lowerBound))
    }
}
