// SPDX-License-Identifier: Apache-2.0

internal import Disassembly

/// The instructions of a section of assembler.
///
/// Assembler uses the newest instructions there are. Vector instructions that the disassembler does not know are told by their
/// form: the length, and that no operand is memory. None of that form changes the flow of control.
enum AssemblerInstructions {
    /// How much is taken apart at once: unknown bytes cost no more than that.
    private static let window = 512

    /// Takes code apart; bytes that begin no instruction are `.byte`.
    ///
    /// - Throws: `DisassemblyError.unavailable`.
    static func all(in code: [UInt8]) throws(DisassemblyError) -> [Instruction] {
        let disassembler = try Disassembler()
        var instructions: [Instruction] = []
        var place = 0
        while place < code.count {
            let end = min(place + window, code.count)
            let read = disassembler.instructions(of: Array(code[place..<end]), at: UInt64(place))
            // The window may cut off the last ones: they are read again with the next.
            let whole = end == code.count ? read[...] : read.prefix { $0.address + 2 * longest <= UInt64(end) }
            let known = whole.prefix { $0.mnemonic != ".byte" }
            instructions += known
            place = known.last.map { Int($0.end) } ?? place
            guard known.count < whole.count else { continue }
            let next = vector(at: place, of: code) ?? whole[known.endIndex]
            instructions.append(next)
            place = Int(next.end)
        }
        return instructions
    }

    /// The most bytes that an instruction has.
    private static let longest: UInt64 = 15

    /// A vector instruction whose operands are registers (Intel SDM volume 2, 2.3 and 2.7), or nil.
    private static func vector(at place: Int, of code: [UInt8]) -> Instruction? {
        // Behind the prefix and the opcode is the byte that tells registers from memory.
        let form: Int
        switch code[place] {
        case 0xc5: form = 3
        case 0xc4: form = 4
        case 0x62: form = 5
        default: return nil
        }
        guard let instruction = EncodedInstruction(at: place, of: code), instruction.kind == .other,
            instruction.length > form, code[place + form] >= 0xc0
        else { return nil }
        return Instruction(
            address: UInt64(place), bytes: Array(code[place..<instruction.end]), mnemonic: "(vector)", operands: "",
            flow: .next)
    }
}
