// SPDX-License-Identifier: Apache-2.0

internal import Disassembly
internal import ELF

/// Where the instructions of a function and its cold parts lead.
struct FunctionFlow {
    private let pieces: [String: Int]
    private let codes: [FunctionCode]
    /// Each piece's instructions.
    private var instructions: [[Instruction]] = []
    /// The position of each piece's first instruction among all.
    private var bases: [Int] = []
    private var successors: [[Int]] = []
    /// Whether an instruction leads out of the function, or may do so.
    private var isExit: [Bool] = []

    /// Reads a function; nil if the unit does not have all of its code.
    ///
    /// - Throws: ``PatchRefusal/disassembly(_:)``.
    init?(of name: String, in unit: UnitObject) throws(PatchRefusal) {
        let names = [name] + unit.functions.keys.filter { FunctionName($0).parent == name }.sorted()
        codes = names.compactMap { FunctionCode($0, of: unit) }
        guard codes.count == names.count else { return nil }
        pieces = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
        for code in codes {
            bases.append(successors.count)
            instructions.append(try Self.instructions(of: code))
            successors += instructions[bases.count - 1].map { _ in [] }
        }
        isExit = successors.map { _ in false }
        for piece in codes.indices { link(piece) }
    }

    /// Whether a thread can come to a place from which nothing leads out of the function.
    var holdsThreads: Bool {
        guard !successors.isEmpty else { return false }
        var predecessors: [[Int]] = successors.map { _ in [] }
        for (position, next) in successors.enumerated() { for one in next { predecessors[one].append(position) } }
        let leaving = Self.reached(from: isExit.indices.filter { isExit[$0] }, by: predecessors)
        return zip(Self.reached(from: [0], by: successors), leaving).contains { $0 && !$1 }
    }

    private static func reached(from starts: [Int], by edges: [[Int]]) -> [Bool] {
        var reached = edges.map { _ in false }
        var pending = starts
        while let next = pending.popLast() {
            guard !reached[next] else { continue }
            reached[next] = true
            pending += edges[next]
        }
        return reached
    }

    private static func instructions(of code: FunctionCode) throws(PatchRefusal) -> [Instruction] {
        do throws(DisassemblyError) {
            return try Disassembler().instructions(of: code.bytes, at: 0)
        } catch {
            throw .disassembly(error)
        }
    }

    private mutating func link(_ piece: Int) {
        for (position, instruction) in instructions[piece].enumerated() {
            let here = bases[piece] + position
            // What does not return may stand last: behind it is no instruction.
            let next = position + 1 < instructions[piece].count ? here + 1 : nil
            switch instruction.flow {
            case .end, .jump(nil): add(nil, to: here)  // Through a table or a pointer nobody knows where to.
            case .next, .call: add(next, to: here)
            case .jump(let destination?): add(place(of: destination, from: instruction, in: piece), to: here)
            case .conditionalJump(let destination):
                add(next, to: here)
                add(place(of: destination, from: instruction, in: piece), to: here)
            }
        }
    }

    private mutating func add(_ successor: Int?, to position: Int) {
        if let successor { successors[position].append(successor) } else { isExit[position] = true }
    }

    /// The instruction that a branch leads to; nil if it is none of the function.
    private func place(of destination: UInt64, from branch: Instruction, in piece: Int) -> Int? {
        let code = codes[piece]
        guard let start = Int(exactly: branch.address) else { return nil }
        guard let relocation = (start..<start + branch.bytes.count).lazy.compactMap({ code.fields[$0] }).first else {
            return position(of: destination, in: piece)
        }
        guard let (owner, offset) = try? Self.owner(of: relocation, in: code) else { return nil }
        return pieces[owner].flatMap { position(of: offset, in: $0) }
    }

    private func position(of offset: UInt64, in piece: Int) -> Int? {
        instructions[piece].firstIndex { $0.address == offset }.map { bases[piece] + $0 }
    }

    /// The function that the relocation of a branch leads into, and how far.
    private static func owner(
        of relocation: Relocation, in code: FunctionCode
    ) throws(PatchRefusal) -> (String, UInt64)? {
        let reference = try code.unit.reference(of: relocation, in: code.section)
        guard let section = reference.section else { return (reference.symbol, 0) }
        // The processor counts from the end of the distance's four bytes.
        let place = reference.offset &+ UInt64(bitPattern: reference.addend) &+ 4
        return code.unit.owners[section.rawValue].first { symbol in
            symbol.kind == .function && place >= symbol.value && place - symbol.value < symbol.size
        }.map { ($0.name, place - $0.value) }
    }
}
