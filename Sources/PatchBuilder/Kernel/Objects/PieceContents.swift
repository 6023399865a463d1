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
        /// The same, with what it refers to.
        case part(String, PieceContents)
        /// The code of an alternative.
        case replacement(PieceContents)
        /// What no live patch can have, by name.
        case unsupported(String)
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
    /// - Returns: the form.
    /// - Throws: ``KernelRefusal`` if a relocation lies outside of it.
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
        if record.kind.mayEndEarly {
            contents.bytes += Array(repeating: 0, count: max(0, Int(clamping: record.size) - contents.bytes.count))
            contents.size = record.size
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

    /// Where the code of an alternative lies.
    func replacement(
        of record: SpecialRecord, at place: Int64, in holder: SectionIndex
    ) throws(KernelRefusal) -> Range<UInt64> {
        let bytes = section(record.section).bytes(at: record.range.lowerBound, count: record.range.length) ?? []
        // include/asm/alternative.h: the length is the last byte, but for 4.0 to 5.12, which have that of padding behind.
        let length = (bytes.count == 13 ? bytes.dropLast() : bytes).last ?? 0
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
        var bytes = isEmpty ? [] : Array(section.bytes(at: range.lowerBound, count: range.length) ?? [])
        var references: [UInt64: PieceReference] = [:]
        for reference in try comparable(in: index, range, identify: identify) {
            let width = UInt64(FieldShape(reference.value.type)?.width ?? 0)
            guard reference.key <= UInt64(bytes.count), width <= UInt64(bytes.count) - reference.key else {
                throw .unsupportedRelocation(
                    unit: name, section: section.name, offset: range.lowerBound &+ reference.key,
                    type: reference.value.type.description)
            }
            for position in Int(reference.key)..<Int(reference.key + width) { bytes[position] = 0 }
            references[reference.key] = reference.value
        }
        return PieceContents(bytes: bytes, size: range.upperBound - range.lowerBound, references: references)
    }

    /// What a range refers to, as far as comparing goes: what no live patch could have is not a refusal yet.
    private func comparable(
        in index: SectionIndex, _ range: Range<UInt64>, identify: (Int) -> PieceReference.Target
    ) throws(KernelRefusal) -> [(key: UInt64, value: PieceReference)] {
        var references: [(key: UInt64, value: PieceReference)] = []
        for relocation in relocations(in: index, range) where relocation.type != .none {
            let offset = relocation.offset - range.lowerBound
            do throws(KernelRefusal) {
                let reference = try reference(of: relocation, in: index)
                references.append(
                    (
                        offset,
                        PieceReference(
                            type: reference.type, target: target(reference.target, identify), addend: reference.addend)
                    ))
            } catch {
                references.append((offset, unsupported(relocation)))
            }
        }
        for branch in resolvedBranches(in: index, range) {
            guard let piece = piece(in: index, at: branch.destination) else { continue }
            let place = Int64(bitPattern: branch.destination &- pieces[piece].range.lowerBound)
            references.append(
                (
                    branch.field - range.lowerBound,
                    PieceReference(type: .pc32, target: identify(piece), addend: place &- 4)
                ))
        }
        return references
    }

    private func unsupported(_ relocation: Relocation) -> PieceReference {
        var title = "#\(relocation.symbol.rawValue)"
        if object.symbols.indices.contains(relocation.symbol.rawValue) {
            let symbol = object.symbols[relocation.symbol.rawValue]
            title = symbol.name
            if symbol.place == .absolute { title += "=\(symbol.value)" }
            if title.isEmpty, case .section(let holder) = symbol.place {
                title = object.section(at: holder)?.name ?? ""
            }
        }
        return PieceReference(type: relocation.type, target: .unsupported(title), addend: relocation.addend)
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

    /// What a piece holds, without what it refers to.
    func plainBytes(of piece: Int) -> [UInt8] {
        let part = pieces[piece]
        return Array(section(part.section).bytes(at: part.range.lowerBound, count: part.range.length) ?? [])
    }
}
