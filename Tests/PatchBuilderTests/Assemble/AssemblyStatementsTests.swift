// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@testable import PatchBuilder

/// Inline assembly as GCC writes it down.
@Suite struct AssemblyStatementsTests {
    private func statements(_ source: String) throws -> AssemblyStatements {
        let directory = try TemporaryDirectory()
        try directory.write(source, to: "unit.c")
        try compile(
            ["-O2", "-c", "unit.c", "-o", "unit.o", GimpleDump.option(writingTo: directory.path("dump"))], in: directory
        )
        return AssemblyStatements(in: try directory.read("dump"))
    }

    @Test func `statements have their functions, and no numbers of values`() throws {
        let found = try statements(
            """
            static inline int g(int x) { __asm__("notl %0" : "+r"(x)); return x; }
            int f(int y, int x) { __asm__ volatile("pause\\n\\tnop; # \\"quoted\\"" ::: "memory"); return g(x) + g(y + 1); }
            """)
        #expect(found.statements.map(\.function).sorted() == ["f", "g"])
        #expect(found.statements.contains { $0.text.contains("pause") && $0.text.contains("memory") })
        #expect(found.statements.contains { $0.text.contains("notl %0") && !$0.text.contains("_1") })
    }

    @Test func `a statement that moves, or is used once more, is the same`() throws {
        let before = try statements("int f(int x) { __asm__(\"notl %0\" : \"+r\"(x)); return x; }")
        let after = try statements(
            """
            int f(int x) { int y = x * 3 + 4; if (y > 7) __asm__("notl %0" : "+r"(x)); return x; }
            int g(int x) { __asm__("notl %0" : "+r"(x)); return x; }
            """)
        #expect(before.texts == after.texts)
    }

    @Test func `numbers behind a dot differ between builds, and those of other text do not`() throws {
        let plain =
            "int f(void) { long buffer[4]; __asm__ volatile(\"movq %0, %%fs:8 # 8.5\" :: \"r\"((long)buffer)); return 0; }"
        let before = try statements(plain)
        let after = try statements(
            plain.replacingOccurrences(of: "__asm__", with: "extern void use(long); use((long)buffer); __asm__"))
        #expect(before.texts == after.texts)
        #expect(before.texts.first?.contains("fs:8 # 8.5") == true)
        #expect(before.texts.first?.contains("buffer") == true)
    }
}
