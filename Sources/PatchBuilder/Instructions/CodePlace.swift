// SPDX-License-Identifier: Apache-2.0

internal import ELF

/// What an instruction refers to, in terms that two builds of one source share.
enum CodePlace: Hashable {
    /// A symbol that the unit does not define.
    case outside(String, addend: Int64)
    /// An instruction of a function of the unit, by its position.
    case code(String, position: Int)
    /// Something beside code: its section, and the offset there.
    case data(SectionIndex, offset: Int64)
}

/// Finds what the instructions of a unit refer to.
struct CodePlaces {
    /// The unit.
    let unit: UnitObject
    private var functions: [String: FunctionCode] = [:]

    init(of unit: UnitObject) {
        self.unit = unit
    }

    /// A function's code, decoded once.
    mutating func code(of name: String) -> FunctionCode? {
        if let known = functions[name] { return known }
        let code = FunctionCode(name, of: unit)
        functions[name] = code
        return code
    }

    /// What a relocated field of an instruction refers to, or nil if this cannot be told.
    ///
    /// - Throws: ``PatchRefusal`` for a symbol that is not supported.
    mutating func place(
        of field: (offset: Int, relocation: Relocation), in instruction: Instruction, of code: FunctionCode
    ) throws(PatchRefusal) -> CodePlace? {
        guard let shape = FieldShape(field.relocation.type) else { return nil }
        let reference = try unit.reference(of: field.relocation, in: code.section)
        // The processor counts from the end of the instruction, the relocation from the field.
        let isDistance = shape.meaning == .relative || shape.meaning == .slot
        let correction = isDistance ? Int64(instruction.end - field.offset) : 0
        let addend = reference.addend &+ correction
        guard let section = reference.section else { return .outside(reference.symbol, addend: addend) }
        let offset = Int64(bitPattern: reference.offset) &+ addend
        guard unit.role(section) == .code else { return .data(section, offset: offset) }
        return Int(exactly: offset).flatMap { place(inCode: section, at: $0) }
    }

    /// Where a branch without a relocation goes.
    mutating func place(of branch: Instruction, in code: FunctionCode) -> CodePlace? {
        branch.destination(in: code.bytes).flatMap { place(inCode: code.section, at: code.start + $0) }
    }

    /// The instruction at an offset of a section with code.
    private mutating func place(inCode section: SectionIndex, at offset: Int) -> CodePlace? {
        let owner = unit.owners[section.rawValue].filter { symbol in
            guard symbol.kind == .function, let start = Int(exactly: symbol.value), let size = Int(exactly: symbol.size)
            else { return false }
            return offset == start || offset > start && offset - start < size
        }.map(\.name).min()
        guard let owner, let code = code(of: owner), let position = code.position(of: offset - code.start) else {
            return nil
        }
        return .code(owner, position: position)
    }
}
