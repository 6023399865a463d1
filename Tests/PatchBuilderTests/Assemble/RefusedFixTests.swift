// SPDX-License-Identifier: Apache-2.0

import ELF
import LivePatch
import Testing

@testable import PatchBuilder

/// Fixes that a live patch cannot express: each is refused, with its cause in the text.
@Suite struct RefusedFixTests {
    struct Refused: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var cause: String
        var original: String
        var fixed: String
    }

    static let refused = [
        Refused(
            testDescription: "initial value", cause: "changed-variable: limit",
            original: "int limit = 10; int f(int x) { return x < limit; }",
            fixed: "int limit = 20; int f(int x) { return x <= limit; }"),
        Refused(
            testDescription: "size of a variable", cause: "grown-datum: table",
            original: "static int table[4]; int f(int x) { return table[x & 3]++; }",
            fixed: "static int table[8]; int f(int x) { return table[x & 7]++; }"),
        Refused(
            testDescription: "global constant", cause: "changed-shared-constant: limit",
            original: "const int limit[2] = {1, 2}; int f(int x) { return limit[x & 1]; }",
            fixed: "const int limit[2] = {1, 3}; int f(int x) { return limit[x & 1] + 1; }"),
        Refused(
            testDescription: "nothing changes", cause: "not affected in this build",
            original: "int f(int x) { return x + 1; }", fixed: "int f(int x) { return 1 + x; }"),
        Refused(
            testDescription: "short function", cause: "function f has",
            original: "int f(void) { return 0; }", fixed: "int f(void) { return 1; }"),
        Refused(
            testDescription: "thread-local variable", cause: "changed-thread-local: m",
            original: "static __thread int n; int f(int x) { return n += x; }",
            fixed: "static __thread int n, m; int f(int x) { return n += x + m++; }"),
        Refused(
            testDescription: "new constructor", cause: "changed-constructor: g",
            original: "int n; int f(int x) { return n += x; }",
            fixed: "int n; int f(int x) { return n += x; } __attribute__((constructor)) void g(void) { n = 1; }"),
        Refused(
            testDescription: "resolver of an indirect function", cause: "changed-constructor: choose",
            original: """
                static int a(int x) { return x; } static int b(int x) { return -x; } extern int pick;
                static int (*choose(void))(int) { return pick ? a : b; } int g(int) __attribute__((ifunc("choose")));
                int f(int x) { return g(x) + 1; }
                """,
            fixed: """
                static int a(int x) { return x; } static int b(int x) { return -x; } extern int pick;
                static int (*choose(void))(int) { return pick > 9 ? a : b; } int g(int) __attribute__((ifunc("choose")));
                int f(int x) { return g(x) + 1; }
                """),
        Refused(
            testDescription: "function that never returns", cause: "stays-on-stack: serve",
            original: """
                extern int take(void); extern void give(int); static volatile int n;
                __attribute__((noinline)) int serve(int x) { for (;;) { int y = take(); if (y > x) give(y); n += 2; } }
                """,
            fixed: """
                extern int take(void); extern void give(int); static volatile int n;
                __attribute__((noinline)) int serve(int x) { for (;;) { int y = take(); if (y > x) give(y); n += 3; } }
                """),
        Refused(
            testDescription: "branch behind an entry", cause: "branch-into-entry: f",
            original: """
                __attribute__((visibility("hidden"))) int f(int x) { return x * 3 + 1; }
                __asm__(".pushsection .text.far, \\"ax\\"; .globl enters; .type enters, @function; enters: jmp f+3; "
                        ".size enters, .-enters; .popsection");
                """,
            fixed: """
                __attribute__((visibility("hidden"))) int f(int x) { return x * 3 + 2; }
                __asm__(".pushsection .text.far, \\"ax\\"; .globl enters; .type enters, @function; enters: jmp f+3; "
                        ".size enters, .-enters; .popsection");
                """),
        Refused(
            testDescription: "short branch behind an entry", cause: "branch-into-entry: f",
            original: """
                __attribute__((visibility("hidden"))) int f(int x) { return x * 3 + 1; }
                __asm__(".pushsection .text; .globl enters; .type enters, @function; enters: jmp f+3; "
                        ".size enters, .-enters; .popsection");
                """,
            fixed: """
                __attribute__((visibility("hidden"))) int f(int x) { return x * 3 + 2; }
                __asm__(".pushsection .text; .globl enters; .type enters, @function; enters: jmp f+3; "
                        ".size enters, .-enters; .popsection");
                """),
        Refused(
            testDescription: "main", cause: "stays-on-stack: main",
            original: "extern int take(int); int main(int n, char **a) { return a[n] == 0 && take(n) == 1; }",
            fixed: "extern int take(int); int main(int n, char **a) { return a[n] == 0 && take(n) == 2; }"),
        Refused(
            testDescription: "static locals that cannot be told apart", cause: "static variable n",
            original: "int f(int x) { static int n; n += x; return n; } int g(int x) { static int n; return n ^= x; }",
            fixed: "int f(int x) { static int n; n += x; return n; } int h(int x) { static int n; return n ^= x; }"),
        Refused(
            testDescription: "unknown import", cause: "needs search",
            original: "int f(const char *s) { return s[0]; }",
            fixed: """
                extern void *search(const void *, unsigned long, const void *, unsigned long);
                int f(const char *s) { return search(s, 9, "x", 1) ? 1 : s[0]; }
                """),
    ]

    @Test(arguments: refused)
    func `a fix that cannot be expressed is refused with its cause`(fix: Refused) throws {
        let error = #expect(throws: PatchRefusal.self) {
            try CompiledFix(original: fix.original, fixed: fix.fixed).artefact()
        }
        #expect(error?.description.contains(fix.cause) == true, "\(error?.description ?? "accepted")")
    }

    @Test func `another compiler flag is refused with both byte strings`() throws {
        let source = "int f(int *p, int n) { int s = 0; for (int i = 0; i < n; i++) s += p[i] * 3; return s; }"
        var fix = CompiledFix(original: source, fixed: source)
        fix.targetFlags = ["-O1", "-fPIC"]
        let error = #expect(throws: PatchRefusal.self) { try fix.artefact() }
        guard case .unitNotFound(let unit, _, _, let target, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(unit == "unit.c")
        #expect(target == "libunit.so")
    }

    @Test func `C++ is refused if exceptions cannot pass`() throws {
        var fix = CompiledFix(
            original: "int f(int x) { return x * 3 + 1; }", fixed: "int f(int x) { return x * 3 + 2; }")
        fix.extraFlags = ["-x", "c++", "-fno-asynchronous-unwind-tables", "-fno-exceptions"]
        let withoutTables = #expect(throws: PatchRefusal.self) { try fix.artefact() }
        #expect(withoutTables == .exceptionsPass(unit: "unit.c", function: "_Z1fi"))
    }

    @Test func `code that is in the target twice is refused with its addresses`() throws {
        let hidden = "__attribute__((visibility(\"hidden\")))"
        var fix = CompiledFix(
            original: "\(hidden) int f(int x) { return x * 3 + 1; }",
            fixed: "\(hidden) int f(int x) { return x * 3 + 2; }")
        fix.furtherUnits = ["\(hidden) int twin(int x) { return x * 3 + 1; }"]
        let error = #expect(throws: PatchRefusal.self) { try fix.artefact() }
        guard case .unitAmbiguous(_, ".text", _, let addresses, .notAsked) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(addresses.count == 2)
        #expect(error?.description.contains("--prove-rebuild") == true)
    }

    @Test func `of equal code that one is meant which the target exports under the function's name`() throws {
        var fix = CompiledFix(
            original: "int f(int x) { return x * 3 + 1; }", fixed: "int f(int x) { return x * 3 + 2; }")
        fix.furtherUnits = ["int twin(int x) { return x * 3 + 1; }"]
        let (unit, target) = try fix.compiled()
        let artefact = try PatchAssembly.artefact(
            from: [unit], targets: [target],
            options: PatchOptions(level: 1, fixes: [], revertHazards: [], compiler: "gcc"))
        let exported = try ObjectFile(parsing: target.bytes).dynamicSymbols.first { $0.name == "f" }
        #expect(artefact.manifest.functions.first?.pieces.first?.address == exported?.value)
    }
}
