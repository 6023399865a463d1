// SPDX-License-Identifier: Apache-2.0

import ELF
import TestSupport
import Testing

@testable import PatchBuilder

/// Instructions begin and end where the processor says.
@Suite struct EncodedInstructionTests {
    /// Code that uses the encodings a compiler makes: vectors, strings, long immediates, branches of both widths.
    private static let source = """
        #include <stdint.h>
        #include <string.h>
        double floats(double *a, int n) { double s = 0; for (int i = 0; i < n; i++) s += a[i] * 0.5 + (float)i; return s; }
        uint64_t wide(uint64_t x) { return (x ^ 0x123456789abcdef0ull) * 0xfedcba9876543211ull + __builtin_bswap64(x); }
        int shorts(int16_t *a, uint8_t *b) { a[3] = 0x1234; a[2] ^= 0x4321; *b &= 0x7f; return a[1] * b[2] == 0x77; }
        int branches(int x) { switch (x) { case 1: return 7; case 2: return 9; case 3: return x * 1000003;
            case 4: return 11; case 5: return x << 3; case 6: return -x; } while (x > 10) x = x * 3 / 7; return x; }
        void *copies(char *a, const char *b, long n) { memset(a, 1, 40); __builtin_memcpy(a, b, 64); return a + n; }
        uint32_t bits(uint32_t x) { return __builtin_popcount(x) + __builtin_clz(x | 1) + (x >> 3 | x << 29); }
        __int128 product(__int128 a, long b) { return a * b / 3; }
        _Atomic long counter; long atomics(long x) { return counter += x; }
        __thread int own; int threads(int x) { return own += x; }
        """

    @Test(arguments: [
        ["-O0"], ["-O2"], ["-O3", "-mavx2", "-mbmi2"], ["-O3", "-march=x86-64-v4"], ["-Os"],
        ["-O2", "-fPIC", "-fno-plt"],
        ["-O2", "-fcf-protection=full"], ["-O3", "-mavx512f", "-mprefer-vector-width=512"],
    ])
    func `compiled code is taken apart as the disassembler does`(flags: [String]) throws {
        let directory = try TemporaryDirectory()
        try directory.write(Self.source, to: "unit.c")
        try compile(flags + ["-c", "unit.c", "-o", "unit.o"], in: directory)
        let listing = try Command("objdump", ["-d", "--section=.text", "unit.o"], in: directory.url)
        #expect(listing.status == 0, "\(listing.errors)")
        // "   4:\t48 89 e5 \tmov ..."; a line that only continues an instruction's bytes has two parts.
        let expected = listing.output.split(separator: "\n").compactMap { line -> Int? in
            let parts = line.split(separator: "\t")
            guard parts.count >= 3, line.first == " " else { return nil }
            return Int(parts[0].split(separator: ":")[0].drop { $0 == " " }, radix: 16)
        }
        let object = try ObjectFile(parsing: try directory.read("unit.o"))
        let text = Array(try #require(object.section(named: ".text")).contents)
        let instructions = try #require(EncodedInstruction.all(in: text))
        #expect(instructions.map(\.offset) == expected)
        #expect(expected.count > 90)
    }

    @Test(
        arguments: [
            ([0xeb, 0xfe], EncodedInstruction.Kind.jump, 0), ([0xe9, 0xfb, 0xff, 0xff, 0xff], .jump, 0),
            ([0x74, 0x10], .conditionalJump(4), 0x12), ([0x0f, 0x84, 0x10, 0, 0, 0], .conditionalJump(4), 0x16),
            ([0xe8, 0, 0, 0, 0], .call, 5), ([0xf2, 0xe9, 0, 1, 0, 0], .jump, 0x106),
            ([0xe3, 0x02], .shortJump(0xe3), 4),
        ] as [([UInt8], EncodedInstruction.Kind, Int)])
    func `a branch tells where it goes`(bytes: [UInt8], kind: EncodedInstruction.Kind, destination: Int) throws {
        let branch = try #require(EncodedInstruction(at: 0, of: bytes))
        #expect(branch.kind == kind)
        #expect(branch.end == bytes.count)
        #expect(branch.destination(in: bytes) == destination)
    }

    @Test(
        arguments: [
            [0x90], [0x66, 0x90], [0x0f, 0x1f, 0x40, 0x00], [0x66, 0x2e, 0x0f, 0x1f, 0x84, 0, 0, 0, 0, 0],
            [0x66, 0x66, 0x2e, 0x0f, 0x1f, 0x84, 0, 0, 0, 0, 0],
        ] as [[UInt8]])
    func `padding is told from other code`(bytes: [UInt8]) throws {
        let padding = try #require(EncodedInstruction(at: 0, of: bytes))
        #expect(padding.kind == .padding && padding.end == bytes.count)
    }

    @Test(arguments: [[0xf3, 0x90], [0x49, 0x90], [0xf3, 0x0f, 0x1e, 0xfa], [0xc3]] as [[UInt8]])
    func `what has an effect is no padding`(bytes: [UInt8]) throws {
        #expect(try #require(EncodedInstruction(at: 0, of: bytes)).kind == .other)
    }

    @Test(
        arguments: [[], [0x06], [0xe8, 0, 0], [0x48], [0x0f], [0x8b, 0x84], [0x66, 0xe9, 0, 0, 0, 0]] as [[UInt8]])
    func `bytes that are no whole instruction are refused`(bytes: [UInt8]) {
        #expect(EncodedInstruction(at: 0, of: bytes) == nil)
    }

    @Test func `where instructions begin is told without a symbol`() throws {
        let directory = try TemporaryDirectory()
        try directory.write(Self.source, to: "unit.c")
        try compile(["-O2", "-c", "unit.c", "-o", "unit.o"], in: directory)
        let object = try ObjectFile(parsing: try directory.read("unit.o"))
        let text = Array(try #require(object.section(named: ".text")).contents)
        let begins = Set(try #require(EncodedInstruction.all(in: text)).map(\.offset))
        for offset in text.indices {
            #expect(EncodedInstruction.begins(at: offset, in: text) == begins.contains(offset))
        }
        // mov %r13d, %eax; jmp: glibc has it so, and the end of the one with the begin of the other looks like a call.
        let code = [UInt8](repeating: 0x90, count: 300) + [0x44, 0x89, 0xe8, 0xe9, 0x75, 0xfa, 0xff, 0xff]
        #expect(EncodedInstruction.begins(at: 303, in: code) && !EncodedInstruction.begins(at: 302, in: code))
    }

    @Test func `any bytes are taken apart or refused, and never trap`() {
        var random = SeededGenerator(seed: SeededGenerator.seed)
        for _ in 0..<20_000 {
            let bytes = (0..<Int.random(in: 0..<24, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            let instructions = EncodedInstruction.all(in: bytes) ?? []
            #expect(instructions.allSatisfy { $0.length > 0 && $0.end <= bytes.count })
            _ = instructions.map { $0.destination(in: bytes) }
        }
    }
}
