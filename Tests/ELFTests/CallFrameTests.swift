// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import ELF

@Suite struct CallFrameTests {
    /// A common entry as gcc writes it: `zR`, pcrel sdata4; rsp+8, return address below it.
    static let common: [UInt8] = [
        20, 0, 0, 0, 0, 0, 0, 0, 1, 0x7a, 0x52, 0, 1, 0x78, 16, 1, 0x1b, 0x0c, 7, 8, 0x90, 1, 0, 0,
    ]

    /// An entry about 64 bytes at 0x2000, itself at 0x1018.
    static func entry(_ program: [UInt8]) -> [UInt8] {
        [UInt8(13 + program.count), 0, 0, 0, 0x1c, 0, 0, 0, 0xe0, 0x0f, 0, 0, 64, 0, 0, 0, 0] + program
    }

    func row(_ program: [UInt8], at instruction: UInt64) throws -> CallFrameRow? {
        let common = try #require(CallFrameCommon(Self.common, at: 0x1000))
        let bytes = Self.entry(program)
        #expect(CallFrameEntry.common(of: bytes, at: 0x1018) == 0x1000)
        let entry = try #require(CallFrameEntry(bytes, at: 0x1018, common: common))
        #expect(entry.start == 0x2000)
        #expect(entry.size == 64)
        return CallFrameRow(at: instruction, in: entry)
    }

    /// push %rbp at 0x2000, mov %rsp, %rbp at 0x2001, leave before 0x2020.
    static let pushing: [UInt8] = [0x41, 0x0e, 16, 0x86, 2, 0x43, 0x0d, 6, 0x5c, 0x0c, 7, 8]

    @Test(
        arguments: [(0x2000, 7, 8), (0x2001, 7, 16), (0x2004, 6, 16), (0x201f, 6, 16), (0x2020, 7, 8)]
            as [(UInt64, Int, Int64)])
    func `the frame is found from each instruction`(instruction: UInt64, register: Int, offset: Int64) throws {
        let row = try #require(try row(Self.pushing, at: instruction))
        #expect(row.frame == .register(register, offset: offset))
        #expect(row.rules[6] == (instruction > 0x2000 ? .saved(offset: -16) : nil))
        #expect(row.rules[16] == .saved(offset: -8))
    }

    @Test func `an instruction of another function has no rules`() throws {
        #expect(try row(Self.pushing, at: 0x1fff) == nil)
        #expect(try row(Self.pushing, at: 0x2040) == nil)
    }

    @Test func `the caller's registers come from the stack`() throws {
        let row = try #require(try row(Self.pushing, at: 0x2010))
        var registers = CallFrameRegisters()
        registers[6] = 0x7000
        registers[7] = 0x6f00
        registers[3] = 33
        registers[0] = 44
        let caller = try #require(row.caller(of: registers, isSignalFrame: false) { $0 == 0x7000 ? 0x7100 : $0 + 1 })
        #expect(caller[16] == 0x7009)
        #expect(caller[7] == 0x7010)
        #expect(caller[6] == 0x7100)
        #expect(caller[3] == 33, "a function leaves rbx as it was")
        #expect(caller[0] == nil, "and may use rax")
        #expect(row.caller(of: registers, isSignalFrame: false) { _ in nil } == nil)
        registers[6] = nil
        #expect(row.caller(of: registers, isSignalFrame: false) { $0 } == nil)
    }

    @Test(arguments: [(0x2000, 8), (0x200a, 8), (0x200b, 16), (0x200f, 16), (0x2010, 8)] as [(UInt64, UInt64)])
    func `the expression of a linkage table is computed`(instruction: UInt64, offset: UInt64) throws {
        // breg7 8, breg16 0, lit15, and, lit11, ge, lit3, shl, plus
        let row = try #require(
            try row([0x0f, 11, 0x77, 8, 0x80, 0, 0x3f, 0x1a, 0x3b, 0x2a, 0x33, 0x24, 0x22], at: instruction))
        var registers = CallFrameRegisters()
        registers[7] = 0x7000
        registers[16] = instruction
        #expect(row.caller(of: registers, isSignalFrame: false) { $0 }?[7] == 0x7000 + offset)
    }

    @Test func `a function without a caller says so`() throws {
        #expect(try row([0x07, 16], at: 0x2000)?.isOutermost == true)
        #expect(try row([], at: 0x2000)?.isOutermost == false)
    }

    @Test func `rows are remembered and restored`() throws {
        let program: [UInt8] = [0x41, 0x0e, 16, 0x0a, 0x41, 0x0e, 8, 0x41, 0x0b]
        #expect(try row(program, at: 0x2001)?.frame == .register(7, offset: 16))
        #expect(try row(program, at: 0x2002)?.frame == .register(7, offset: 8))
        #expect(try row(program, at: 0x2003)?.frame == .register(7, offset: 16))
    }

    @Test(
        arguments: [
            [0x0b], [0x2d], [0x0e], [0x0f, 9, 0x30], [0x0f, 1, 0x30, 0x0d, 6], [0x05, 16, 0xff, 0xff],
            [UInt8](repeating: 0x0a, count: 40),
        ] as [[UInt8]])
    func `a program that cannot be followed has no rules`(program: [UInt8]) throws {
        #expect(try row(program, at: 0x2000) == nil)
    }

    @Test(arguments: [[0x22], [0x12], [0x0a, 1], [0x28, 0, 0], [0x06], [0x71, 0], [0x96], []] as [[UInt8]])
    func `an expression that cannot be computed has no value`(bytes: [UInt8]) {
        #expect(CallFrameExpression(bytes: bytes).value(nil, CallFrameRegisters()) { $0 } == nil)
    }

    @Test(
        arguments: [
            ([0x35, 0x33, 0x1c], 2), ([0x09, 0xff], .max), ([0x11, 0x7f], .max), ([0x10, 0x80, 1], 128),
            ([0x35, 0x1f, 0x33, 0x2d], 1), ([0x31, 0x32, 0x16], 1), ([0x31, 0x32, 0x13], 1), ([0x34, 0x06], 5),
            ([0x31, 0x08, 64, 0x24], 0), ([0x35, 0x23, 7], 12), ([0x31, 0x32, 0x14], nil),
        ] as [([UInt8], UInt64?)])
    func `expressions are computed`(bytes: [UInt8], expected: UInt64?) {
        #expect(CallFrameExpression(bytes: bytes).value(nil, CallFrameRegisters()) { $0 + 1 } == expected)
    }

    @Test func `entries of other kinds are refused`() {
        for (position, byte) in [(8, 4), (9, 0x65), (14, 17), (10, 0x58), (0, 200)] as [(Int, UInt8)] {
            var bytes = Self.common
            bytes[position] = byte
            #expect(CallFrameCommon(bytes, at: 0) == nil, "byte \(position)")
        }
        for count in Self.common.indices {
            #expect(CallFrameCommon(Array(Self.common.prefix(count)), at: 0) == nil)
        }
    }

    @Test func `an index leads to the entry of the function that begins last`() throws {
        let head: [UInt8] = [1, 0x1b, 3, 0x3b, 0, 0, 0, 0, 2, 0, 0, 0]
        let index = try #require(
            CallFrameIndex(head + [0, 0x10, 0, 0, 1, 0, 0, 0, 0, 0x20, 0, 0, 2, 0, 0, 0], at: 0x10000))
        #expect(index.entry(for: 0x10fff) == nil)
        #expect(index.entry(for: 0x11000) == 0x10001)
        #expect(index.entry(for: 0x11fff) == 0x10001)
        #expect(index.entry(for: .max) == 0x10002)
        #expect(CallFrameIndex(head, at: 0x10000) == nil, "the table is cut off")
        #expect(CallFrameIndex([], at: 0) == nil)
    }
}
