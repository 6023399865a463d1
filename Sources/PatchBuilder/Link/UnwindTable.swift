// SPDX-License-Identifier: Apache-2.0

internal import ELF
internal import LivePatch

/// The call frame information of the code that goes into a patch, cut out of its unit's.
struct UnwindTable {
    /// The section that it was cut out of.
    let section: SectionIndex
    /// The entries, one behind the other.
    private(set) var contents: [UInt8] = []
    /// Their fields.
    private(set) var relocations: [Relocation] = []
    /// The code that has an entry.
    private(set) var covered: Set<SectionIndex> = []
    /// Where the entries begin to describe it.
    private(set) var starts: Set<CodeStart> = []
    /// Whether some of the code handles exceptions itself, or cleans up after them.
    private(set) var hasHandlers = false

    /// Cuts out what describes some code; nil if there is nothing.
    ///
    /// - Throws: ``PatchRefusal/malformedCallFrames(unit:offset:)``.
    init?(of unit: UnitObject, describing code: Set<SectionIndex>) throws(PatchRefusal) {
        guard let frames = try CallFrames(of: unit) else { return nil }
        section = frames.section
        let bytes = Array(unit.section(section).contents)
        var commons: [Int: Int] = [:]
        for entry in frames.entries where code.contains(entry.code) {
            let common: Int
            if let known = commons[entry.common.lowerBound] {
                common = known
            } else {
                common = append(entry.common, of: bytes, unit)
                commons[entry.common.lowerBound] = common
            }
            let place = append(entry.range, of: bytes, unit)
            contents.replaceSubrange(
                place + 4..<place + 8, with: littleEndian(UInt32(clamping: place + 4 - common)))
            covered.insert(entry.code)
            starts.insert(CodeStart(section: entry.code, offset: entry.start))
            if entry.handlers != nil { hasHandlers = true }
        }
        guard !contents.isEmpty else { return nil }
    }

    /// The names of the functions of a section that no entry describes.
    static func functions(without table: UnwindTable?, in section: SectionIndex, of unit: UnitObject) -> [String] {
        guard unit.isAssembler else { return table?.covered.contains(section) == true ? [] : [unit.name(of: section)] }
        return unit.owners[section.rawValue].filter { symbol in
            table?.starts.contains(CodeStart(section: section, offset: symbol.value)) != true
        }.map(\.name)
    }

    /// Copies an entry, filled up with no-operations (`DW_CFA_nop`, 0) so that the next one is aligned.
    private mutating func append(_ entry: Range<Int>, of bytes: [UInt8], _ unit: UnitObject) -> Int {
        let place = contents.count
        contents += bytes[entry]
        let filler = (8 - entry.count % 8) % 8
        contents += [UInt8](repeating: 0, count: filler)
        contents.replaceSubrange(
            place..<place + 4, with: littleEndian(UInt32(clamping: entry.count + filler - 4)))
        for relocation in unit.relocations[section.rawValue]
        where entry.contains(Int(clamping: relocation.offset)) {
            var moved = relocation
            moved.offset = UInt64(place) + relocation.offset - UInt64(entry.lowerBound)
            relocations.append(moved)
        }
        return place
    }
}

/// A place in code.
struct CodeStart: Hashable {
    /// The section.
    var section: SectionIndex
    /// The offset in it.
    var offset: UInt64
}
