// SPDX-License-Identifier: Apache-2.0

internal import ELF

/// A section's bytes without the fields that relocations fill, and what those fields refer to.
struct SectionContents: Hashable {
    /// The bytes; relocated fields are zero.
    var bytes: [UInt8]
    /// The length in memory, of sections without bytes too.
    var size: UInt64
    /// The fields by offset.
    var references: [UInt64: ReferenceKey]
}

extension UnitObject {
    /// A section's contents for comparison.
    ///
    /// - Parameters:
    ///   - index: the section.
    ///   - data: names the datum that a section of data is, the same for equal data of both builds.
    /// - Returns: the bytes, and what the relocated fields mean.
    /// - Throws: ``PatchRefusal`` for a relocation or symbol that is not supported.
    func contents(
        of index: SectionIndex, naming data: (SectionIndex) -> DatumName
    ) throws(PatchRefusal) -> SectionContents {
        try contents(of: index, naming: data, depth: 0)
    }

    private func contents(
        of index: SectionIndex, naming data: (SectionIndex) -> DatumName, depth: Int
    ) throws(PatchRefusal) -> SectionContents {
        let section = section(index)
        var contents = SectionContents(bytes: Array(section.contents), size: section.size, references: [:])
        for relocation in relocations[index.rawValue] {
            guard let shape = FieldShape(relocation.type),
                let field = shape.bytes(around: relocation.offset, within: contents.bytes.count)
            else {
                throw .unsupportedRelocation(
                    unit: source, type: relocation.type.description, section: section.name,
                    offset: relocation.offset)
            }
            for position in field.dropFirst(shape.before).prefix(shape.width) {
                contents.bytes[position] = 0
            }
            let reference = try reference(of: relocation, in: index)
            contents.references[relocation.offset] = ReferenceKey(
                type: relocation.type,
                target: try target(of: reference, from: index, naming: data, depth: depth),
                addend: locatesConstant(reference) ? 0 : relocation.addend)
        }
        return contents
    }

    private func target(
        of reference: Reference, from index: SectionIndex, naming data: (SectionIndex) -> DatumName, depth: Int
    ) throws(PatchRefusal) -> ReferenceTarget {
        guard let holder = reference.section, !(reference.isGlobal && role(holder) != .mergeable) else {
            return .global(reference.symbol)
        }
        switch role(holder) {
        case .code:
            return .function(name(of: holder), offset: reference.offset)
        case .mergeable:
            return .constant(mergedConstant(of: reference, in: holder))
        case .constant, .variable, .threadLocal:
            guard !isNamedData(holder) else { return .datum(data(holder), offset: reference.offset) }
            // A table refers to its function, which refers to the table: what a table's table refers to is left out.
            guard depth == 0 else { return .table(Array(section(holder).contents), [:], offset: reference.offset) }
            let table = try contents(of: holder, naming: data, depth: depth + 1)
            return .table(table.bytes, table.references, offset: reference.offset)
        case .hooks, .unsupported, .ignored:
            return .unsupported(section(holder).name, offset: reference.offset)
        }
    }

    /// Whether the addend of a reference says which constant of a merged section is meant, and is no part of the key.
    private func locatesConstant(_ reference: Reference) -> Bool {
        reference.symbol.isEmpty && reference.section.map(role) == .mergeable
    }

    /// The bytes of the constant that a reference into a merged section means.
    ///
    /// gas keeps the symbol of such a reference, so the symbol's offset is the constant's; against a section symbol the
    /// addend holds it, 4 less for a field at the end of its instruction.
    private func mergedConstant(of reference: Reference, in holder: SectionIndex) -> [UInt8] {
        let section = section(holder)
        let offset = reference.symbol.isEmpty ? UInt64(bitPattern: reference.addend &+ 4) : reference.offset
        guard let start = Int(exactly: offset), start < section.contents.count else { return [] }
        let rest = section.contents.dropFirst(start)
        guard section.flags.contains(.strings) else { return Array(rest.prefix(Int(clamping: section.entrySize))) }
        return Array(rest.prefix { $0 != 0 })
    }
}
