// SPDX-License-Identifier: Apache-2.0

internal import ELF

/// Checks that a build with function sections stands for the shipped one.
///
/// Both must have the same functions, with the same bytes but for relocated fields. Where the bytes differ, the
/// instructions must be the same: the assembler makes branches short or long by what it believes of the distance when it
/// lays a section out, so that one build has a short jump where the other has a long one, and fills the space before
/// aligned instructions accordingly. Then every instruction is compared, and everything that one refers to.
struct BuildEquivalence {
    private var plain: CodePlaces
    private var sectioned: CodePlaces

    /// Prepares the comparison.
    ///
    /// - Parameters:
    ///   - plain: the unit as its own compile command makes it.
    ///   - sectioned: the same source with function and data sections.
    init(plain: UnitObject, sectioned: UnitObject) {
        self.plain = CodePlaces(of: plain)
        self.sectioned = CodePlaces(of: sectioned)
    }

    /// Compares the two builds.
    ///
    /// - Throws: ``PatchRefusal/differentFunctions(unit:functions:)`` with the functions that differ.
    mutating func require() throws(PatchRefusal) {
        // An assembler makes one object, with which everything is compared.
        if sectioned.unit.isAssembler, plain.unit.object.bytes == sectioned.unit.object.bytes { return }
        var different: [String] = []
        for name in Set(plain.unit.functions.keys).union(sectioned.unit.functions.keys).sorted() {
            guard !sectioned.unit.isAssembler, let shipped = plain.code(of: name),
                let compared = sectioned.code(of: name),
                try stands(shipped, for: compared)
            else {
                different.append(name)
                continue
            }
        }
        guard different.isEmpty else { throw .differentFunctions(unit: plain.unit.source, functions: different) }
    }

    private mutating func stands(_ shipped: FunctionCode, for compared: FunctionCode) throws(PatchRefusal) -> Bool {
        if shipped.isEqualButForFields(to: compared) { return true }
        guard let mine = shipped.instructions, let theirs = compared.instructions, mine.count == theirs.count else {
            return false
        }
        for (left, right) in zip(mine, theirs) where try !stands((left, shipped), for: (right, compared)) {
            return false
        }
        return true
    }

    private mutating func stands(
        _ shipped: (instruction: EncodedInstruction, code: FunctionCode),
        for compared: (instruction: EncodedInstruction, code: FunctionCode)
    ) throws(PatchRefusal) -> Bool {
        let (mine, theirs) = (shipped.instruction, compared.instruction)
        guard mine.kind == theirs.kind, mine.isBranch == theirs.isBranch else { return false }
        if mine.isBranch {
            guard mine.prefixes == theirs.prefixes else { return false }
            let destination = try plain.destination(of: mine, in: shipped.code)
            return try areSame(destination, sectioned.destination(of: theirs, in: compared.code))
        }
        let (myFields, theirFields) = (shipped.code.fields(of: mine), compared.code.fields(of: theirs))
        guard shipped.code.unrelocatedBytes(of: mine) == compared.code.unrelocatedBytes(of: theirs),
            myFields.map({ $0.offset - mine.offset }) == theirFields.map({ $0.offset - theirs.offset })
        else { return false }
        for (myField, theirField) in zip(myFields, theirFields) {
            guard myField.relocation.type == theirField.relocation.type else { return false }
            let place = try plain.place(of: myField, in: mine, of: shipped.code)
            guard try areSame(place, sectioned.place(of: theirField, in: theirs, of: compared.code)) else {
                return false
            }
        }
        return true
    }

    /// Whether two references mean the same.
    private func areSame(_ mine: CodePlace?, _ theirs: CodePlace?) throws(PatchRefusal) -> Bool {
        guard let mine, let theirs else { return false }
        guard case .data(let section, let offset) = mine, case .data(let other, let otherOffset) = theirs else {
            return mine == theirs
        }
        let (role, otherRole) = (plain.unit.role(section), sectioned.unit.role(other))
        // Named constants are merged, too (`-fmerge-all-constants`), until they get sections of their own.
        if role == .mergeable, otherRole == .mergeable || otherRole == .constant {
            guard sectioned.unit.relocations[other.rawValue].isEmpty,
                let constant = plain.unit.constant(in: section, at: offset, as: section, of: plain.unit)
            else { return false }
            return constant == sectioned.unit.constant(in: other, at: otherOffset, as: section, of: plain.unit)
        }
        guard role == otherRole else { return false }
        // A datum of its own section tells where the other build must have it; constants without a name are equal if
        // the code is, since the compiler makes them with it.
        guard let owner = sectioned.unit.owners[other.rawValue].first else { return true }
        let start = Int64(bitPattern: owner.value)
        return plain.unit.owners[section.rawValue].contains { symbol in
            symbol.name == owner.name && Int64(bitPattern: symbol.value) &+ (otherOffset &- start) == offset
        }
    }
}

extension CodePlaces {
    /// Where a branch goes.
    fileprivate mutating func destination(
        of branch: EncodedInstruction, in code: FunctionCode
    ) throws(PatchRefusal) -> CodePlace? {
        guard let field = code.fields(of: branch).first else { return place(of: branch, in: code) }
        return try place(of: field, in: branch, of: code)
    }
}

extension UnitObject {
    /// The bytes of a constant, as long as those of a merged section are: up to a zero, or of one size; nil if there are
    /// less.
    fileprivate func constant(
        in index: SectionIndex, at offset: Int64, as kind: SectionIndex, of unit: UnitObject
    ) -> ArraySlice<UInt8>? {
        let contents = section(index).contents
        guard let start = Int(exactly: offset), start >= 0, start < contents.count else { return nil }
        let rest = contents.dropFirst(start)
        let merged = unit.section(kind)
        let size = Int(clamping: merged.entrySize)
        guard size > 0, rest.count >= size else { return nil }
        guard merged.flags.contains(.strings) else { return rest.prefix(size) }
        // Characters may be wider than a byte.
        let characters = stride(from: rest.startIndex, through: rest.endIndex - size, by: size)
        return characters.first { rest[$0..<$0 + size].allSatisfy { $0 == 0 } }.map { rest[..<$0] }
    }
}

extension FunctionCode {
    /// Whether the bytes of two builds of a function are equal, relocated fields apart.
    fileprivate func isEqualButForFields(to other: FunctionCode) -> Bool {
        guard bytes.count == other.bytes.count else { return false }
        let masked = fieldPositions.union(other.fieldPositions)
        return bytes.indices.allSatisfy { bytes[$0] == other.bytes[$0] || masked.contains($0) }
    }

    private var fieldPositions: Set<Int> {
        var positions: Set<Int> = []
        for (offset, relocation) in fields {
            positions.formUnion(offset..<offset + (FieldShape(relocation.type)?.width ?? 0))
        }
        return positions
    }

    /// An instruction's bytes with zeros for what relocations fill.
    fileprivate func unrelocatedBytes(of instruction: EncodedInstruction) -> [UInt8] {
        var copy = Array(bytes[instruction.offset..<instruction.end])
        for (offset, relocation) in fields(of: instruction) {
            let first = offset - instruction.offset
            for position in first..<min(first + (FieldShape(relocation.type)?.width ?? 0), copy.count) {
                copy[position] = 0
            }
        }
        return copy
    }
}
