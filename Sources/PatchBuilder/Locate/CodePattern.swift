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

    /// The offsets in `text` at which the whole pattern is, in ascending order.
    ///
    /// Candidates come from the anchor, so that the search reads each byte of the text about once.
    func offsets(in text: ArraySlice<UInt8>, alignedTo alignment: Int, base: Int) -> [Int] {
        guard !anchor.isEmpty, bytes.count <= text.count else { return [] }
        var offsets: [Int] = []
        for found in text.offsets(of: bytes[anchor]) {
            let offset = found - anchor.lowerBound
            guard offset >= 0, offset <= text.count - bytes.count, (base + offset) % alignment == 0 else { continue }
            if firstDifference(in: text.dropFirst(offset)) == nil { offsets.append(offset) }
        }
        return offsets
    }

    /// The first byte at which `text`, from its beginning, differs; nil if the pattern is there.
    func firstDifference(in text: ArraySlice<UInt8>) -> Int? {
        guard text.count >= bytes.count else { return text.count }
        let start = text.startIndex
        return bytes.indices.first { (bytes[$0] ^ text[start + $0]) & mask[$0] != 0 }
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

extension ArraySlice<UInt8> {
    /// The offsets, from the slice's beginning, at which `needle` is.
    fileprivate func offsets(of needle: ArraySlice<UInt8>) -> [Int] {
        guard let first = needle.first, needle.count <= count else { return [] }
        var offsets: [Int] = []
        var position = startIndex
        let last = endIndex - needle.count
        while position <= last {
            guard let hit = self[position...last].firstIndex(of: first) else { break }
            if self[hit..<hit + needle.count].elementsEqual(needle) { offsets.append(hit - startIndex) }
            position = hit + 1
        }
        return offsets
    }
}

extension CodePattern {
    /// The place in `text` where the anchor is and the longest beginning of the pattern matches, for messages.
    func nearest(in text: ArraySlice<UInt8>) -> (offset: Int, matching: Int)? {
        var best: (offset: Int, matching: Int)?
        let probe = anchor.prefix(min(anchor.count, 16))
        for found in text.offsets(of: bytes[probe]) {
            let offset = found - anchor.lowerBound
            guard offset >= 0, offset <= text.count - bytes.count else { continue }
            let matching = firstDifference(in: text.dropFirst(offset)) ?? bytes.count
            if matching > best?.matching ?? -1 { best = (offset, matching) }
        }
        return best
    }
}
