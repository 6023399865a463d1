// SPDX-License-Identifier: Apache-2.0

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
            testDescription: "thread-local variable", cause: "thread-local",
            original: "static __thread int n; int f(int x) { return n += x; }",
            fixed: "static __thread int n; int f(int x) { return n += x + 1; }"),
        Refused(
            testDescription: "new constructor", cause: "changed-constructor: g",
            original: "int n; int f(int x) { return n += x; }",
            fixed: "int n; int f(int x) { return n += x; } __attribute__((constructor)) void g(void) { n = 1; }"),
        Refused(
            testDescription: "static locals that cannot be told apart", cause: "static variable n",
            original: "int f(int x) { static int n; n += x; return n; } int g(int x) { static int n; return n ^= x; }",
            fixed: "int f(int x) { static int n; n += x; return n; } int h(int x) { static int n; return n ^= x; }"),
        Refused(
            testDescription: "unknown import", cause: "needs memmem",
            original: "int f(const char *s) { return s[0]; }",
            fixed: """
                extern void *memmem(const void *, unsigned long, const void *, unsigned long);
                int f(const char *s) { return memmem(s, 9, "x", 1) ? 1 : s[0]; }
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

    @Test func `C++ is refused as long as exceptions cannot pass`() throws {
        var fix = CompiledFix(
            original: "int f(int x) { return x * 3 + 1; }", fixed: "int f(int x) { return x * 3 + 2; }")
        fix.extraFlags = ["-x", "c++"]
        let error = #expect(throws: PatchRefusal.self) { try fix.artefact() }
        #expect(error == .exceptionsPass(unit: "unit.c", function: "_Z1fi"))
    }

    @Test func `code that is in the target twice is refused with its addresses`() throws {
        var fix = CompiledFix(
            original: "int f(int x) { return x * 3 + 1; }", fixed: "int f(int x) { return x * 3 + 2; }")
        fix.furtherUnits = ["int twin(int x) { return x * 3 + 1; }"]
        let error = #expect(throws: PatchRefusal.self) { try fix.artefact() }
        guard case .unitAmbiguous(_, ".text", _, let addresses, .notAsked) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(addresses.count == 2)
        #expect(error?.description.contains("--prove-rebuild") == true)
    }
}
