// SPDX-License-Identifier: Apache-2.0

import Disassembly
import Testing

@testable import PatchBuilder

/// Taking assembler apart that uses instructions which the disassembler does not know.
@Suite struct AssemblerInstructionTests {
    /// `vpbroadcastb %esi, %zmm16`.
    private static let broadcast: [UInt8] = [0x62, 0xe2, 0x7d, 0x48, 0x7a, 0xc6]

    @Test func `a vector instruction of registers is told by its form`() throws {
        let code = [0x90] + Self.broadcast + [0xc3]
        let instructions = try AssemblerInstructions.all(in: code)
        #expect(instructions.map(\.address) == [0, 1, 7])
        #expect(instructions.map(\.flow) == [.next, .next, .end])
        #expect(instructions.flatMap(\.bytes) == code)
    }

    @Test func `what is neither is no instruction`() throws {
        #expect(try AssemblerInstructions.all(in: [0x90, 0x06, 0xc3]).map(\.mnemonic) == ["nop", ".byte", "ret"])
        // Cut off.
        let instructions = try AssemblerInstructions.all(in: Array(Self.broadcast.prefix(5)))
        #expect(instructions.contains { $0.mnemonic == ".byte" })
    }

    /// Instructions of one to eleven bytes, at every place of the windows in which code is read.
    @Test(arguments: 0..<16) func `code that is longer than a window is read as a whole`(shift: Int) throws {
        let long: [UInt8] = [0x48, 0xc7, 0x84, 0x24, 0x80, 0, 0, 0, 1, 0, 0, 0]  // movq $1, 128(%rsp)
        let code =
            [UInt8](repeating: 0x90, count: shift)
            + (0..<200).flatMap { $0.isMultiple(of: 3) ? Self.broadcast : long } + [0xc3]
        let instructions = try AssemblerInstructions.all(in: code)
        #expect(instructions.count == shift + 201)
        #expect(instructions.flatMap(\.bytes) == code)
        #expect(!instructions.contains { $0.mnemonic == ".byte" })
    }
}
