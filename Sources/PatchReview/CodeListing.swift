// SPDX-License-Identifier: Apache-2.0

internal import Disassembly

/// The code of a function, or of a part of it, as lines.
struct CodeListing {
    /// The lines in order.
    private(set) var lines: [CodeLine] = []
    private let start: UInt64
    private let end: UInt64

    /// Takes code apart.
    init(_ code: [UInt8], at address: UInt64, _ disassembler: borrowing Disassembler, names: some AddressNames) {
        start = address
        end = address &+ UInt64(code.count)
        for instruction in disassembler.instructions(of: code, at: address) {
            lines.append(line(of: instruction, names))
        }
    }

    private func line(of instruction: Instruction, _ names: some AddressNames) -> CodeLine {
        var line = CodeLine(
            offset: instruction.address &- start, bytes: hexadecimal(instruction.bytes), mnemonic: instruction.mnemonic,
            operands: instruction.operands, comparedOperands: instruction.operands)
        if let field = instruction.displacement, let name = name(of: field, of: instruction, names) {
            line.refer(to: name, access: instruction.memoryAccess)
            line.replaceDisplacement(with: name, isRelative: field.target != nil)
        }
        guard let field = instruction.immediate else { return line }
        let isUnfilled = names.isUnfilled(instruction.address &+ UInt64(field.offset))
        if !isUnfilled, let destination = field.target, destination >= start, destination < end,
            !(destination == start && instruction.flow.isCall)
        {
            // Where a branch within the function leads is where its code lies, and no part of what it does.
            line.operands = "→ \(String(destination &- start, radix: 16))"
            line.comparedOperands = "→"
        } else if let name = name(of: field, of: instruction, names) {
            line.refer(to: name, access: nil)
            line.replaceLastOperand(with: name)
        }
        return line
    }

    private func name(
        of field: Instruction.Field, of instruction: Instruction, _ names: some AddressNames
    ) -> FieldName? {
        names.name(
            ofFieldAt: instruction.address &+ UInt64(field.offset), end: instruction.end,
            destination: field.target, number: field.number(in: instruction))
    }

    private func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.map { $0 < 16 ? "0" + String($0, radix: 16) : String($0, radix: 16) }.joined(separator: " ")
    }
}

extension Instruction.Field {
    /// The number that the field holds.
    fileprivate func number(in instruction: Instruction) -> UInt64? {
        guard size == 4 || size == 8, range.upperBound <= instruction.bytes.count else { return nil }
        return instruction.bytes[range].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    }
}

extension Instruction.Flow {
    fileprivate var isCall: Bool {
        if case .call = self { true } else { false }
    }
}

extension CodeLine {
    fileprivate mutating func refer(to name: FieldName, access: Instruction.Access?) {
        reference = Reference(name: name.name, isDatum: name.isDatum, access: name.isDatum ? access : nil)
    }

    /// `[rip + 0x2f10]` becomes `[name]`, `[rax*8 + 0x4a10]` becomes `[rax*8 + name]`.
    fileprivate mutating func replaceDisplacement(with name: FieldName, isRelative: Bool) {
        let pattern = isRelative ? "rip" : "0x"
        guard let open = operands.firstIndex(of: "["), let close = operands[open...].firstIndex(of: "]"),
            let start = operands[open..<close].firstRange(of: pattern)?.lowerBound
        else { return }
        let (head, tail) = (operands[..<start], operands[close...])
        comparedOperands = head + name.compared + tail
        operands = head + name.text + tail
        if name.isSlot { compareAsDirect(name.compared) }
    }

    /// Takes an access through a slot for what it is after the linker has relaxed it, psABI B.2: the address itself.
    private mutating func compareAsDirect(_ name: String) {
        switch mnemonic {
        case "mov":
            comparedMnemonic = "lea"
            comparedOperands = comparedOperands.replacing("qword ptr ", with: "")
        case "call", "jmp":
            comparedOperands = name
        default: break
        }
    }

    /// `0x2f10` as the last operand becomes the name.
    fileprivate mutating func replaceLastOperand(with name: FieldName) {
        let head = operands.lastIndex(of: ",").map { operands[...$0] + " " } ?? ""
        comparedOperands = head + name.compared
        operands = head + name.text
    }
}
