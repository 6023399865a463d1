// SPDX-License-Identifier: Apache-2.0

import LivePatch
import Testing

@testable import PatchBuilder

/// What a function reports of its own source is no change of what it does.
@Suite struct SourcePositionsTests {
    private static let head = """
        #include <assert.h>
        extern void *CRYPTO_malloc(unsigned long, const char *, int);
        extern void ERR_set_debug(const char *, int, const char *);
        extern int puts(const char *);

        """

    /// Changes that leave everything alike but lines and the texts of assertions.
    static let unchanged: [(String, String)] = [
        ("int f(int x) { assert(x > 3); return x * 7; }", "int f(int x) { assert((x) > 3); return x * 7; }"),
        (
            "void *f(unsigned long n) { return CRYPTO_malloc(n * 3, \"a.c\", 120); }",
            "void *f(unsigned long n) { return CRYPTO_malloc(n * 3, \"a.c\", 121); }"
        ),
        (
            "int f(int x) { if (x < 5) { ERR_set_debug(\"a.c\", 300, \"f\"); return -1; } return x * 7; }",
            "int f(int x) { if (x < 5) { ERR_set_debug(\"a.c\", 907, \"f\"); return -1; } return x * 7; }"
        ), (failures((300, 310)), failures((907, 920))),
    ]

    /// Two failures with one end in common.
    private static func failures(_ lines: (Int, Int), otherwise value: Int = 300) -> String {
        """
        int f(int x) {
            int line;
            if (x < 5) { puts("low"); line = \(lines.0); goto failed; }
            if (x > \(value)) { puts("high"); line = \(lines.1); goto failed; }
            return x * 7;
        failed:
            ERR_set_debug("a.c", line, "f");
            return -1;
        }
        """
    }

    /// Changes that look like it.
    static let changed: [(String, String)] = [
        ("int f(int x) { assert(x > 3); return x * 7; }", "int f(int x) { assert(x > 4); return x * 7; }"),
        ("int f(int x) { puts(\"one\"); return x * 7; }", "int f(int x) { puts(\"two\"); return x * 7; }"),
        (
            "void *f(void) { return CRYPTO_malloc(120, \"a.c\", 7); }",
            "void *f(void) { return CRYPTO_malloc(121, \"a.c\", 7); }"
        ),
        (
            "int f(int x) { return puts(\"a\") + x * 120; }", "int f(int x) { return puts(\"a\") + x * 121; }"
        ),
        (
            "int n; void *f(int x) { n = 300; return CRYPTO_malloc(x, \"a.c\", 300); }",
            "int n; void *f(int x) { n = 301; return CRYPTO_malloc(x, \"a.c\", 301); }"
        ), (failures((300, 310)), failures((907, 920), otherwise: 301)),
    ]

    private func artefact(_ fix: (String, String)) throws -> Artefact {
        try CompiledFix(original: Self.head + fix.0, fixed: Self.head + fix.1).artefact()
    }

    @Test(arguments: unchanged)
    func `lines and texts of assertions are no change`(fix: (String, String)) throws {
        let error = #expect(throws: PatchRefusal.self) { try artefact(fix) }
        #expect(error == .noChange(units: ["unit.c"]))
    }

    @Test(arguments: changed)
    func `other numbers and texts are`(fix: (String, String)) throws {
        #expect(try artefact(fix).manifest.functions.map(\.name) == ["f"])
    }
}
