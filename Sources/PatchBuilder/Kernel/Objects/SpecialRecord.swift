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
    /// The function that it belongs to.
    var piece: Int
    /// The place in the function that it is about, from the function's beginning.
    var place: Int64

    /// Reads all records of a unit that belong to its code; those of its initialization are left out.
    ///
    /// - Throws: ``KernelRefusal`` if a section is no array of such records, or one belongs to nothing.
    static func all(of unit: KernelUnit, sizes: RecordSizes) throws(KernelRefusal) -> [SpecialRecord] {
        var records: [SpecialRecord] = []
        for section in unit.object.sections {
            guard case .special(let kind) = unit.role(section.index) else { continue }
            let size = UInt64(sizes[kind])
            guard section.size.isMultiple(of: size) else {
                throw .unevenSection(unit: unit.name, section: section.name, size: section.size, record: Int(size))
            }
            for number in 0..<section.size / size {
                let range = number * size..<(number + 1) * size
                guard let subject = try subject(of: kind, section.index, number, range, unit, sizes) else { continue }
                records.append(
                    SpecialRecord(
                        kind: kind, section: section.index, range: range, piece: subject.piece, place: subject.place))
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
            let size = UInt64(sizes[kind])
            range = number * size..<(number + 1) * size
        }
        guard let field = unit.relocations(in: section, range).first, field.offset == range.lowerBound else {
            throw .ownerlessRecord(unit: unit.name, section: unit.section(section).name, offset: range.lowerBound)
        }
        let symbol = unit.object.symbols[field.symbol.rawValue]
        guard case .section(let holder) = symbol.place else {
            throw .ownerlessRecord(unit: unit.name, section: unit.section(section).name, offset: range.lowerBound)
        }
        let offset = UInt64(bitPattern: Int64(bitPattern: symbol.value) &+ field.addend)
        guard unit.role(holder) == .code, let piece = unit.piece(in: holder, at: offset) else { return nil }
        return (piece, Int64(bitPattern: offset &- unit.pieces[piece].range.lowerBound))
    }
}

extension KernelUnit {
    /// Whether the kernel's tracer can be told to enter a function: it has a place for that, and knows it.
    func isTraceable(_ piece: Int) -> Bool {
        recordsOfPiece[piece].contains { records[$0].kind.name == "__mcount_loc" }
    }
}
