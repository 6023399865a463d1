// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import Disassembly

/// Machine code, taken apart.
@Suite struct DisassemblerTests {
    @Test func `instructions have their bytes, names, operands and fields`() throws {
        let code: [UInt8] = [
            0x55,  // push rbp
            0x48, 0x8d, 0x3d, 0x10, 0, 0, 0,  // lea rdi, [rip + 0x10]
            0xe8, 0xf3, 0xff, 0xff, 0xff,  // call 0x1000
            0x74, 0xf1,  // je 0x1000
            0xc3,  // ret
        ]
        let instructions = try Disassembler().instructions(of: code, at: 0x1000)
        #expect(instructions.map(\.mnemonic) == ["push", "lea", "call", "je", "ret"])
        #expect(instructions.map(\.operands) == ["rbp", "rdi, [rip + 0x10]", "0x1000", "0x1000", ""])
        #expect(instructions.flatMap(\.bytes) == code)
        #expect(instructions[1].displacement == .init(offset: 3, size: 4, target: 0x1018))
        #expect(instructions[2].immediate == .init(offset: 1, size: 4, target: 0x1000))
        #expect(instructions.map(\.flow) == [.next, .next, .call(0x1000), .conditionalJump(0x1000), .end])
    }

    @Test func `a byte that begins no instruction stands alone`() throws {
        let instructions = try Disassembler().instructions(of: [0x06, 0x90, 0x0f], at: 0)
        #expect(instructions.map(\.mnemonic) == [".byte", "nop", ".byte"])
        #expect(instructions.map(\.address) == [0, 1, 2])
    }

    @Test func `any bytes give instructions that have all of them`() throws {
        var random = SeededGenerator(seed: SeededGenerator.seed)
        let disassembler = try Disassembler()
        for count in 0..<400 {
            let code = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            let instructions = disassembler.instructions(of: code, at: UInt64.max - 20)
            #expect(instructions.flatMap(\.bytes) == code)
            #expect(instructions.allSatisfy { $0.displacement.map { $0.offset + $0.size <= 15 } ?? true })
        }
    }
}
