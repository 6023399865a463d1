// SPDX-License-Identifier: Apache-2.0

import LivePatch
import Testing

/// Fixes that a live patch can express, and what the patch holds of each.
@Suite struct AcceptedFixTests {
    @Test func `only the changed function is replaced`() throws {
        let artefact = try CompiledFix(
            original: "int f(int x) { return x * 3 + 1; } int g(int x) { return x * 5 + 7; }",
            fixed: "int f(int x) { return x * 3 + 2; } int g(int x) { return x * 5 + 7; }"
        ).artefact()
        #expect(artefact.manifest.functions.map(\.name) == ["f"])
        #expect(artefact.manifest.addedFunctions == [])
        #expect(artefact.manifest.data == [])
        #expect(artefact.relocations == [])
    }

    @Test func `the original bytes are those of the target`() throws {
        let artefact = try CompiledFix(
            original: "int f(int x) { return x * 3 + 1; }", fixed: "int f(int x) { return x * 3 + 2; }"
        ).artefact()
        let piece = artefact.manifest.functions[0].pieces[0]
        // lea 0x1(%rdi,%rdi,2),%eax; ret
        #expect(Array(artefact.originalBytes(of: piece)) == [0x8d, 0x44, 0x7f, 0x01, 0xc3])
    }

    @Test func `existing static variables are the target's, new ones the patch's`() throws {
        let artefact = try CompiledFix(
            original: "static int calls; int f(int x) { calls++; return calls + x; }",
            fixed: "static int calls; static int seen = 7; int f(int x) { calls++; seen += x; return calls + seen; }"
        ).artefact()
        let data = artefact.manifest.data.sorted { $0.name < $1.name }
        #expect(data.map(\.name) == ["calls", "seen"])
        #expect(data.map(\.place) == [.target, .added])
        #expect(data.map(\.size) == [4, 4])
        // What the next level's variable of this name is told by.
        #expect(data.map { $0.variable?.users } == [nil, ["f"]])
        #expect(artefact.relocations.contains { $0.base == .target && $0.symbol == "calls" })
    }

    @Test func `static locals keep their variable when the compiler numbers them anew`() throws {
        let artefact = try CompiledFix(
            original: """
                int f(int x) { static int n; n += x; return n; }
                int g(int x) { static int n; n ^= x; return n; }
                """,
            fixed: """
                __attribute__((visibility("hidden"))) int h(int x) { static int n; n -= x; return n; }
                int f(int x) { static int n; n += x + 1; return n; }
                int g(int x) { static int n; n ^= x; return n; }
                """
        ).artefact()
        #expect(artefact.manifest.functions.map(\.name) == ["f"])
        #expect(artefact.manifest.addedFunctions.map(\.name) == ["h"])
        #expect(artefact.manifest.data.map(\.place).sorted { $0.rawValue < $1.rawValue } == [.added, .target])
    }

    @Test func `calls go to the library's own and to imported functions`() throws {
        let artefact = try CompiledFix(
            original: """
                #include <string.h>
                __attribute__((noinline)) static int own(const char **s) { return *(*s)++ * 31; }
                int f(const char *s) { return own(&s) + (int)strlen(s); }
                """,
            fixed: """
                #include <string.h>
                __attribute__((noinline)) static int own(const char **s) { return *(*s)++ * 31; }
                int f(const char *s) { return s ? own(&s) + (int)strlen(s) : -1; }
                """
        ).artefact()
        #expect(Set(artefact.relocations.map(\.symbol)) == ["own", "strlen"])
    }

    @Test func `a changed text is a constant of the patch`() throws {
        let artefact = try CompiledFix(
            original: "const char *f(void) { return \"the old text\"; }",
            fixed: "const char *f(void) { return \"the new text\"; }"
        ).artefact()
        #expect(artefact.manifest.functions.map(\.name) == ["f"])
        let constants = try #require(artefact.image.parts.first { $0.protection == .readOnlyData })
        #expect(String(decoding: constants.contents, as: UTF8.self).contains("the new text"))
    }

    @Test func `a switch brings its jump table`() throws {
        func source(_ extra: String) -> String {
            let cases = (0..<12).map { "case \($0): return g(\($0 * 7919 % 101)) \(extra);" }.joined(separator: "\n")
            return "extern int g(int); int f(int x) { switch (x) { \(cases) } return 0; }"
        }
        let artefact = try CompiledFix(original: source(""), fixed: source("^ x")).artefact()
        #expect(artefact.manifest.functions.map(\.name) == ["f"])
        #expect(artefact.image.parts.contains { $0.protection == .readOnlyData })
        #expect(artefact.relocations.allSatisfy { $0.symbol == "g" }, "the table is resolved within the image")
    }

    @Test func `the cold part of a function belongs to it`() throws {
        func source(_ code: Int) -> String {
            """
            extern void fail(int) __attribute__((cold)); extern int work(int);
            int f(int x) { if (__builtin_expect(x < 0, 0)) { fail(\(code)); return work(x + 1); } return work(x) + 1; }
            """
        }
        let artefact = try CompiledFix(original: source(1), fixed: source(2)).artefact()
        let function = try #require(artefact.manifest.functions.first)
        #expect(function.pieces.map(\.name) == ["f", "f.cold"])
        #expect(artefact.manifest.addedFunctions.map(\.name) == ["f.cold"])
    }

    @Test func `a function in no need of change is left alone when lines move`() throws {
        let artefact = try CompiledFix(
            original: "int f(int x) { return x * 9 + 100; }\nint g(int x) { return x ^ 0x5555; }",
            fixed: "int f(int x) { return x * 9 + 101; }\n\n\n\nint g(int x) { return x ^ 0x5555; }"
        ).artefact()
        #expect(artefact.manifest.functions.map(\.name) == ["f"])
    }

    @Test func `an entry of the control flow enforcement stays`() throws {
        var fix = CompiledFix(
            original: "__attribute__((nocf_check)) int g(void); int f(int x) { return x * 3 + 1; }",
            fixed: "__attribute__((nocf_check)) int g(void); int f(int x) { return x * 3 + 2; }")
        fix.extraFlags = ["-fcf-protection=full"]
        #expect(try fix.artefact().manifest.functions.map(\.jumpOffset) == [4])
    }

    @Test func `a function that loops and ends the process, or returns, can be left`() throws {
        let fixed = try CompiledFix(
            original: """
                extern int take(void); extern void give(int); extern void die(void) __attribute__((noreturn));
                __attribute__((noreturn)) void fail(int x) { while (take() > x) give(1); die(); }
                int wait_for(int x) { for (;;) { int y = take(); if (y == x) return y + 1; give(y); } }
                """,
            fixed: """
                extern int take(void); extern void give(int); extern void die(void) __attribute__((noreturn));
                __attribute__((noreturn)) void fail(int x) { while (take() > x) give(2); die(); }
                int wait_for(int x) { for (;;) { int y = take(); if (y == x) return y + 2; give(y); } }
                """
        ).artefact()
        #expect(fixed.manifest.functions.map(\.name).sorted() == ["fail", "wait_for"])
    }

    @Test func `what of its memory a patch hands out is told, but for code that setjmp returns to`() throws {
        func held(_ text: String) throws -> [Manifest.HeldMemory]? {
            let start =
                "#include <setjmp.h>\nextern void keep(const void *); extern jmp_buf place; "
                + "int g(int x) { keep(0); return setjmp(place) + x; }"
            return try CompiledFix(
                original: "\(start) int f(int x) { return x * 3 + 1; }", fixed: "\(start) \(text)"
            ).artefact().manifest.heldMemory
        }
        #expect(try held("int f(int x) { return x * 3 + 2; }") == [])
        #expect(try held("int f(int x) { keep(\"text\"); return x * 3 + 1; }") == [.constants])
        #expect(try held("int f(int x) { return setjmp(place) ? x : x * 3 + 1; }") == nil)
    }
}
