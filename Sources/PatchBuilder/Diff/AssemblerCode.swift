// SPDX-License-Identifier: Apache-2.0

internal import Disassembly
internal import ELF

/// A section of assembler code, taken apart: which of its functions lead into each other otherwise than by a call.
///
/// Assembler makes such ways without a relocation: functions share tails, fall through into each other, and jump behind
/// each other's first instructions. Functions that do are replaced together or not at all.
struct AssemblerCode {
    let unit: UnitObject
    let section: SectionIndex
    /// Where functions begin, in ascending order.
    let starts: [UInt64]
    /// The functions, as positions in `starts`, between which control goes without a call.
    private(set) var links: [(Int, Int)] = []
    /// The functions to whose beginning control comes without a call.
    private(set) var continued: Set<Int> = []
    /// Whether it is not known where all of its jumps go.
    private(set) var hasOpenJumps = false
    /// Where branches of the section to places in it go, by their own places.
    private(set) var ways: [UInt64: UInt64] = [:]
    /// All of its instructions.
    let instructions: [Instruction]
    private let places: Set<UInt64>

    /// Takes a section apart.
    ///
    /// - Throws: ``PatchRefusal/assembler(unit:section:offset:_:)`` for what cannot be told from data,
    ///   ``PatchRefusal/disassembly(_:)``.
    init(_ section: SectionIndex, of unit: UnitObject) throws(PatchRefusal) {
        self.unit = unit
        self.section = section
        starts = Set(unit.owners[section.rawValue].map(\.value)).sorted()
        do throws(DisassemblyError) {
            instructions = try AssemblerInstructions.all(in: Array(unit.section(section).contents))
        } catch {
            throw .disassembly(error)
        }
        places = Set(instructions.map(\.address))
        try requireInstructions()
        try requireFunctions()
        try read()
    }

    /// A function by a place in it.
    func position(of place: UInt64) -> Int? { starts.lastIndex { $0 <= place } }

    private func problem(_ problem: AssemblerProblem, at offset: UInt64) -> PatchRefusal {
        .assembler(unit: unit.source, section: unit.section(section).name, offset: offset, problem)
    }

    /// Every byte belongs to an instruction, every function begins with one, and every relocated field is an operand.
    private func requireInstructions() throws(PatchRefusal) {
        if let unknown = instructions.first(where: { $0.mnemonic == ".byte" }) {
            throw problem(.unknownInstruction, at: unknown.address)
        }
        let size = unit.section(section).size
        for start in starts where start < size && !places.contains(start) {
            throw problem(.unknownInstruction, at: start)
        }
        let fields = Set(
            instructions.flatMap { instruction in
                [instruction.displacement, instruction.immediate].compactMap { field in
                    field.map { instruction.address &+ UInt64($0.offset) }
                }
            })
        for relocation in unit.relocations[section.rawValue] where !fields.contains(relocation.offset) {
            // The call of a descriptor is marked by a relocation without a field.
            guard relocation.type != .tlsDescriptorCall else { continue }
            throw problem(.unknownInstruction, at: relocation.offset)
        }
    }

    /// Before the first function is nothing but what fills the space before it, and none chooses others.
    private func requireFunctions() throws(PatchRefusal) {
        let first = starts.first ?? UInt64.max
        for instruction in instructions.prefix(while: { $0.address < first }) where !instruction.isPadding {
            throw problem(.codeOutsideFunctions, at: instruction.address)
        }
        for symbol in unit.object.symbols
        where symbol.kind == .indirectFunction && symbol.place == .section(section) {
            throw problem(.indirectFunction(symbol.name), at: symbol.value)
        }
    }

    private mutating func read() throws(PatchRefusal) {
        var fields: [UInt64: Relocation] = [:]
        for relocation in unit.relocations[section.rawValue] { fields[relocation.offset] = relocation }
        let targets = Set(instructions.compactMap { $0.immediate?.target })
        var goesOn = false
        var next = 0
        for instruction in instructions {
            while next < starts.count, starts[next] <= instruction.address {
                if goesOn, next > 0 { connect(next - 1, to: next) }
                goesOn = true
                next += 1
            }
            try read(instruction, fields)
            // What fills the space behind a function is run by nobody, unless somebody goes there.
            if !instruction.isPadding || targets.contains(instruction.address) { goesOn = instruction.mayGoOn }
        }
    }

    private mutating func read(_ instruction: Instruction, _ fields: [UInt64: Relocation]) throws(PatchRefusal) {
        let place = instruction.address
        let displacement = instruction.displacement.flatMap { fields[place &+ UInt64($0.offset)] }
        let immediate = instruction.immediate.flatMap { fields[place &+ UInt64($0.offset)] }
        if let displacement {
            try follow(displacement, of: instruction, isBranch: false)
        } else if instruction.displacement?.target != nil {
            throw problem(.ownAddress, at: place)
        }
        if let immediate {
            try follow(immediate, of: instruction, isBranch: instruction.flow.target != nil)
        } else if let target = instruction.flow.target {
            guard places.contains(target), let here = position(of: place) else {
                throw problem(.unknownInstruction, at: place)
            }
            // A call of the next instruction only asks where it is.
            guard !instruction.isCall || target != instruction.end else { throw problem(.ownAddress, at: place) }
            branch(instruction, from: here, to: target)
        } else if case .jump(nil) = instruction.flow {
            let isSlot = displacement.flatMap { FieldShape($0.type)?.meaning } == .slot
            if !isSlot { hasOpenJumps = true }
        }
    }

    /// Reads what a relocated operand leads to, if it is code of the unit.
    private mutating func follow(
        _ relocation: Relocation, of instruction: Instruction, isBranch: Bool
    ) throws(PatchRefusal) {
        let reference = try unit.reference(of: relocation, in: section)
        guard let holder = reference.section, unit.role(holder) == .code, let shape = FieldShape(relocation.type),
            let here = position(of: instruction.address)
        else { return }
        // The processor counts from the end of the instruction, the relocation from the field.
        let correction = shape.meaning == .absolute ? 0 : instruction.end &- relocation.offset
        let place = reference.offset &+ UInt64(bitPattern: reference.addend) &+ correction
        let isFunction = unit.owners[holder.rawValue].contains { $0.value == place }
        if isBranch {
            guard holder == section || isFunction else { throw problem(.branchIntoSection, at: instruction.address) }
            if holder == section { branch(instruction, from: here, to: place) }
        } else {
            // An address that is not taken is read from.
            let isTaken = shape.meaning != .relative || instruction.mnemonic == "lea"
            guard isFunction, isTaken else { throw problem(.ownAddress, at: instruction.address) }
        }
    }

    private mutating func branch(_ instruction: Instruction, from here: Int, to place: UInt64) {
        guard let there = position(of: place) else { return }
        let isFunction = starts[there] == place
        if instruction.isCall, isFunction { return }
        if !instruction.isCall { ways[instruction.address] = place }
        if isFunction { connect(here, to: there) } else { links.append((here, there)) }
    }

    private mutating func connect(_ here: Int, to there: Int) {
        links.append((here, there))
        if here != there { continued.insert(there) }
    }
}

extension Instruction {
    var isCall: Bool { if case .call = flow { true } else { false } }

    /// Whether the next instruction may be run after this one.
    var mayGoOn: Bool {
        switch flow {
        case .next, .call, .conditionalJump: true
        case .jump, .end: false
        }
    }

    /// Whether it does nothing, or only fills space.
    fileprivate var isPadding: Bool { mnemonic == "int3" || mnemonic.split(separator: " ").last == "nop" }
}
