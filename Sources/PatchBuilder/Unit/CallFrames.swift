// SPDX-License-Identifier: Apache-2.0

internal import ELF

/// The call frame information of an object file, `.eh_frame`: how each function is unwound, and which table tells its
/// exceptions where their handlers are (Linux Standard Base, 10.6).
struct CallFrames {
    /// An entry that describes one run of code (FDE).
    struct Entry {
        /// Its bytes in the section.
        var range: Range<Int>
        /// The bytes of the entry with what it has in common with others (CIE).
        var common: Range<Int>
        /// The section that holds the code.
        var code: SectionIndex
        /// Where the code begins there.
        var start: UInt64
        /// The section with the code's table of exceptions, if it has one.
        var handlers: SectionIndex?
    }

    /// The section.
    let section: SectionIndex
    /// The entries in their order.
    let entries: [Entry]

    /// Reads the call frame information; nil if the object file has none.
    ///
    /// - Throws: ``PatchRefusal/malformedCallFrames(unit:offset:)``.
    init?(of unit: UnitObject) throws(PatchRefusal) {
        guard let section = unit.object.section(named: ".eh_frame"), !section.contents.isEmpty else {
            return nil
        }
        self.section = section.index
        let bytes = Array(section.contents)
        let relocations = unit.relocations[section.index.rawValue]
        func malformed(_ offset: Int) -> PatchRefusal {
            .malformedCallFrames(unit: unit.source, offset: UInt64(offset))
        }
        var entries: [Entry] = []
        var commons: [Int: Range<Int>] = [:]
        var offset = 0
        while offset + 4 <= bytes.count, let length = bytes.number(at: offset), length > 0 {
            guard let kind = bytes.number(at: offset + 4), length >= 4, length <= bytes.count - offset - 4
            else {
                throw malformed(offset)
            }
            let range = offset..<offset + 4 + length
            offset = range.upperBound
            guard kind > 0 else {
                commons[range.lowerBound] = range
                continue
            }
            // The distance from the field to the common entry.
            guard let common = commons[range.lowerBound + 4 - kind] else {
                throw malformed(range.lowerBound)
            }
            let fields = relocations.filter { range.contains(Int(clamping: $0.offset)) }
            guard let first = fields.first, first.offset == UInt64(range.lowerBound + 8),
                case let place = try unit.reference(of: first, in: section.index), let code = place.section
            else { throw malformed(range.lowerBound) }
            var handlers: SectionIndex?
            for field in fields.dropFirst() {
                handlers = try unit.reference(of: field, in: section.index).section
            }
            entries.append(
                Entry(
                    range: range, common: common, code: code,
                    start: place.offset &+ UInt64(bitPattern: place.addend), handlers: handlers))
        }
        self.entries = entries
    }
}

extension UnitObject {
    /// How sections and symbols begin that hold nothing but an address for exception tables (`DW.ref.`, a compiler's own).
    static let indirectPrefix = "DW.ref."

    /// Whether a section holds an address that only exception tables and call frame information use.
    ///
    /// Every file has its own, and where it is makes no difference.
    func isIndirectAddress(_ index: SectionIndex) -> Bool {
        name(of: index).hasPrefix(Self.indirectPrefix)
    }
}

extension UnitObject {
    /// Whether a section is a variable of which every unit that uses it has a copy, and the process one (COMDAT).
    func isSharedVariable(_ index: SectionIndex) -> Bool {
        role(index) == .variable && section(index).flags.contains(.group)
    }
}

extension [UInt8] {
    /// A 32-bit number, or nil if it is not all there.
    fileprivate func number(at offset: Int) -> Int? {
        guard offset >= 0, offset + 4 <= count else { return nil }
        return self[offset..<offset + 4].reversed().reduce(0) { $0 << 8 | Int($1) }
    }
}
