// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import ELF

/// The sizes of structures come from BTF as a compiler writes it.
@Suite struct BTFTypesTests {
    private func section() throws -> [UInt8] {
        let directory = try TemporaryDirectory()
        try directory.write(
            """
            struct bug_entry { int bug, file; unsigned short line, flags; };
            union word { long whole; char parts[12]; };
            enum kind { first, second };
            typedef int (*handler)(struct bug_entry *, const volatile union word *, enum kind, ...);
            struct bug_entry table[4];
            handler handle;
            float number;
            static int twice(int x) { return 2 * x; }
            int main(void) { union word w = { 1 }; return handle(table, &w, second) + twice((int)number); }
            """, to: "types.c")
        try compile(["-c", "-gbtf", "types.c", "-o", "types.o"], in: directory)
        let object = try ObjectFile(parsing: directory.read("types.o"))
        return Array(try #require(object.section(named: ".BTF")).contents)
    }

    @Test func `structures and unions are found by name`() throws {
        let types = try BTFTypes(parsing: section())
        #expect(types.recordSizes == ["bug_entry": 12, "word": 16])
    }

    @Test func `damaged types are refused, and nothing traps`() throws {
        let bytes = try section()
        for count in 0..<min(24, bytes.count) {
            #expect(throws: ELFError.self) { try BTFTypes(parsing: Array(bytes.prefix(count))) }
        }
        var generator = SeededGenerator(seed: 3)
        var refused = 0
        for _ in 0..<2000 {
            var damaged = bytes
            for _ in 0..<3 {
                damaged[Int.random(in: 0..<damaged.count, using: &generator)] = .random(in: 0...255, using: &generator)
            }
            do { _ = try BTFTypes(parsing: damaged) } catch { refused += 1 }
        }
        #expect(refused > 0)
    }
}
