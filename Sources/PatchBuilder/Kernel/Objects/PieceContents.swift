// SPDX-License-Identifier: Apache-2.0

internal import ELF

/// A piece in a form that two builds of it share: fields that refer to something say to what.
struct PieceContents: Hashable {
    /// Its bytes, with zeroes where fields are; none if it holds zeroes only.
    var bytes: [UInt8]
    /// Its size.
    var size: UInt64
    /// What its fields refer to.
    var references: [UInt64: PieceReference]
    /// The records about it.
    var records: [RecordContents] = []
}

/// What a field refers to, in terms that two builds share.
struct PieceReference: Hashable {
    var type: RelocationType
    var target: Target
    var addend: Int64

    indirect enum Target: Hashable {
        /// A symbol of another unit.
        case external(String)
        /// What both builds have, by its position in the original build.
        case existing(Int)
        /// What only the patched build has.
        case added(Int)
        /// Something without an identity of its own, by what it holds.
        case copy(String, [UInt8])
        /// The code of an alternative.
        case replacement(PieceContents)
    }
}

/// A record of a special section in the same form.
struct RecordContents: Hashable {
    var section: String
    var place: Int64
    var contents: PieceContents
}

extension KernelUnit {
    /// A piece in the form that two builds share.
    ///
    /// - Parameters:
    ///   - piece: the piece.
    ///   - identify: what each piece is called in both builds.
    func contents(
        of piece: Int, identify: (Int) -> PieceReference.Target
    ) throws(KernelRefusal) -> PieceContents {
        let part = pieces[piece]
        var contents = try contents(of: part.section, part.range, identify: identify)
        for position in recordsOfPiece[piece] {
            let record = records[position]
            guard record.kind.isCompared else { continue }
            contents.records.append(try self.contents(of: record, identify: identify))
        }
        return contents
    }

    private func contents(
        of record: SpecialRecord, identify: (Int) -> PieceReference.Target
    ) throws(KernelRefusal) -> RecordContents {
        var contents = try contents(of: record.section, record.range, identify: identify)
        if record.kind.name == "__bug_table", contents.bytes.count >= 12 {
            // include/asm-generic/bug.h: the line, which moves with every line above it, lies before the flags.
            for position in contents.bytes.count - 4..<contents.bytes.count - 2 { contents.bytes[position] = 0 }
        }
        for reference in try references(in: record.section, record.range) {
            guard case .replacement(let holder) = reference.target else { continue }
            let range = try replacement(of: record, at: reference.addend, in: holder)
            contents.references[reference.offset]?.target = .replacement(
                try self.contents(of: holder, range, identify: identify))
            contents.references[reference.offset]?.addend = 0
        }
        return RecordContents(section: record.kind.name, place: record.place, contents: contents)
    }

    /// Where the code of an alternative lies: its length is the last byte of the record.
    func replacement(
        of record: SpecialRecord, at place: Int64, in holder: SectionIndex
    ) throws(KernelRefusal) -> Range<UInt64> {
        let length =
            section(record.section).bytes(at: record.range.lowerBound, count: Int(record.range.count))?.last ?? 0
        guard place >= 0, UInt64(place) <= section(holder).size, UInt64(length) <= section(holder).size - UInt64(place)
        else {
            throw .ownerlessRecord(unit: name, section: record.kind.name, offset: record.range.lowerBound)
        }
        return UInt64(place)..<UInt64(place) + UInt64(length)
    }

    private func contents(
        of index: SectionIndex, _ range: Range<UInt64>, identify: (Int) -> PieceReference.Target
    ) throws(KernelRefusal) -> PieceContents {
        let section = section(index)
        let isEmpty = section.type == .noBits
        var bytes = isEmpty ? [] : Array(section.bytes(at: range.lowerBound, count: Int(range.count)) ?? [])
        var references: [UInt64: PieceReference] = [:]
        for reference in try self.references(in: index, range) {
            let width = UInt64(FieldShape(reference.type)?.width ?? 0)
            guard reference.offset + width <= UInt64(bytes.count) else {
                throw .unsupportedRelocation(
                    unit: name, section: section.name, offset: range.lowerBound + reference.offset,
                    type: reference.type.description)
            }
            for position in Int(reference.offset)..<Int(reference.offset + width) { bytes[position] = 0 }
            references[reference.offset] = PieceReference(
                type: reference.type, target: target(reference.target, identify), addend: reference.addend)
        }
        return PieceContents(bytes: bytes, size: range.upperBound - range.lowerBound, references: references)
    }

    private func target(
        _ target: KernelReference.Target, _ identify: (Int) -> PieceReference.Target
    ) -> PieceReference.Target {
        switch target {
        case .external(let name): .external(name)
        case .piece(let piece): identify(piece)
        case .constant(let bytes, _): .copy("", bytes)
        case .replacement(let section): .copy(self.section(section).name, [])
        }
    }

    /// What a piece holds, without what it refers to: all that tells private constants apart.
    func plainBytes(of piece: Int) -> [UInt8] {
        let part = pieces[piece]
        return Array(section(part.section).bytes(at: part.range.lowerBound, count: Int(part.range.count)) ?? [])
    }

    /// Whether a piece has no identity of its own, so that a copy of it does as well.
    func isCopied(_ piece: Int) -> Bool {
        let part = pieces[piece]
        guard part.role.isData else { return false }
        guard let name = part.name else { return part.role == .constants }
        guard !part.isGlobal else { return false }
        if CompilerName.isPrivate(name) { return true }
        return part.role == .constants && CompilerName.isNumbered(name)
            && relocations(in: part.section, part.range).isEmpty
    }
}

extension SpecialSection {
    /// Whether a record may differ where the code is equal; the others follow from the code.
    var isCompared: Bool {
        switch name {
        case ".orc_unwind", ".orc_unwind_ip", ".return_sites", ".retpoline_sites", ".call_sites", ".smp_locks": false
        default: true
        }
    }
}
