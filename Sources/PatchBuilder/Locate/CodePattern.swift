// SPDX-License-Identifier: Apache-2.0

internal import ELF

/// The bytes of a section as the linker leaves them: equal but for the fields that it fills or may rewrite.
struct CodePattern {
    /// The section's bytes.
    let bytes: [UInt8]
    /// For each byte, 0xff where it must be equal and 0 where the linker decides.
    let mask: [UInt8]
    /// The longest run of bytes that must be equal.
    let anchor: Range<Int>

    /// The pattern of a section.
    ///
    /// - Throws: ``PatchRefusal/unsupportedRelocation(unit:type:section:offset:)``.
    init(section index: SectionIndex, of unit: UnitObject) throws(PatchRefusal) {
        let section = unit.section(index)
        bytes = Array(section.contents)
        var mask = [UInt8](repeating: 0xff, count: bytes.count)
        for relocation in unit.relocations[index.rawValue] {
            guard let shape = FieldShape(relocation.type),
                let field = shape.bytes(around: relocation.offset, within: bytes.count)
            else {
                throw .unsupportedRelocation(
                    unit: unit.source, type: relocation.type.description, section: section.name,
                    offset: relocation.offset)
            }
            for position in field { mask[position] = 0 }
        }
        self.mask = mask
        anchor = Self.longestRun(in: mask)
    }

    /// The first byte at which `text`, from its beginning, differs; nil if the pattern is there.
    func firstDifference(in text: ArraySlice<UInt8>) -> Int? {
        guard text.count >= bytes.count else { return text.count }
        let start = text.startIndex
        for position in bytes.indices where (bytes[position] ^ text[start + position]) & mask[position] != 0 {
            return position
        }
        return nil
    }

    private static func longestRun(in mask: [UInt8]) -> Range<Int> {
        var longest = 0..<0
        var start = 0
        for position in mask.indices {
            if mask[position] == 0 {
                start = position + 1
            } else if position + 1 - start > longest.count {
                longest = start..<position + 1
            }
        }
        return longest
    }
}
