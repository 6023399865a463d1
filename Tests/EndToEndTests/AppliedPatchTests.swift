// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// Patches that the author's tool builds and the host's tool puts into a running program.
@Suite(.timeLimit(.minutes(10))) struct AppliedPatchTests {
    /// A fix, and what `f` answers before and after it.
    struct Case: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var original: String
        var fixed: String
        /// Arguments, and the answers under the original, the fixed and again the original code.
        var calls: [(argument: Int, original: Int, fixed: Int, reverted: Int)]
    }

    static let cases = [
        Case(
            testDescription: "replaced function",
            original: "int f(int x) { return x * 3 + 1; }", fixed: "int f(int x) { return x * 3 + 2; }",
            calls: [(5, 16, 17, 16)]),
        Case(
            testDescription: "new function",
            original: "int f(int x) { return x * 3 + 1; }",
            fixed: """
                __attribute__((noinline)) static int twice(int x) { __asm__ volatile(""); return x * 2; }
                int f(int x) { return twice(x) * 3 + 1; }
                """,
            calls: [(5, 16, 31, 16)]),
        Case(
            testDescription: "existing static variable",
            original: "static int n = 40; int f(int x) { n += x; return n; }",
            fixed: "static int n = 40; int f(int x) { n += x * 10; return n; }",
            calls: [(1, 41, 51, 52)]),
        Case(
            testDescription: "new static variable",
            original: "static int n; int f(int x) { n += x; return n; }",
            fixed: "static int n; static int calls = 100; int f(int x) { n += x; calls++; return n + calls * 1000; }",
            calls: [(1, 1, 101_002, 3)]),
        Case(
            testDescription: "new zeroed variable",
            original: "int f(int x) { return x * 7 + 1; }",
            fixed: "static int seen[2000]; int f(int x) { return seen[x & 1023]++ * 100 + x; }",
            calls: [(3, 22, 3, 22)]),
        Case(
            testDescription: "text constant",
            original: "const char *volatile keep; int f(int x) { keep = \"old\"; return keep[x]; }",
            fixed: "const char *volatile keep; int f(int x) { keep = \"new\"; return keep[x]; }",
            calls: [(0, 111, 110, 111)]),
        Case(
            testDescription: "private function",
            original: """
                __attribute__((noinline)) static int own(int *x) { return (*x)++ * 31; }
                int f(int x) { return own(&x) + x; }
                """,
            fixed: """
                __attribute__((noinline)) static int own(int *x) { return (*x)++ * 31; }
                int f(int x) { return own(&x) - x; }
                """,
            calls: [(2, 65, 59, 65)]),
        Case(
            testDescription: "call into libc through the PLT",
            original: """
                #include <stdlib.h>
                int f(int x) { char s[] = {'4', '0' + x, 0}; return atoi(s); }
                """,
            fixed: """
                #include <stdlib.h>
                int f(int x) { char s[] = {'7', '0' + x, 0}; return atoi(s); }
                """,
            calls: [(2, 42, 72, 42)]),
        Case(
            testDescription: "function that compares a pointer with itself, as OpenSSL's CRYPTO_malloc does",
            original: "int f(int); int (*volatile chosen)(int) = f; int f(int x) { return chosen == f ? x + 1 : -1; }",
            fixed: "int f(int); int (*volatile chosen)(int) = f; int f(int x) { return chosen == f ? x + 2 : -1; }",
            calls: [(5, 6, 7, 6)]),
        Case(
            testDescription: "the same where others call it through the linkage table",
            original: """
                int f(int); int (*volatile chosen)(int) = f; int g(int x) { return f(x) + 1; }
                int f(int x) { return chosen == f ? x + 1 : -1; }
                """,
            fixed: """
                int f(int); int (*volatile chosen)(int) = f; int g(int x) { return f(x) + 1; }
                int f(int x) { return chosen == f ? x + 2 : -1; }
                """,
            calls: [(5, 6, 7, 6)]),
        Case(
            testDescription: "private function that hands out its own address, which outlives the way back",
            original: """
                static int (*volatile last)(int);
                __attribute__((noipa)) static int own(int x) { int same = last == own; last = own; return x * 2 + same; }
                int f(int x) { own(x); return last(x) * 3; }
                """,
            fixed: """
                static int (*volatile last)(int);
                __attribute__((noipa)) static int own(int x) { int same = last == own; last = own; return x * 4 + same; }
                int f(int x) { own(x); return last(x) * 3; }
                """,
            calls: [(5, 33, 63, 33)]),
        Case(
            testDescription: "jump table",
            original: switchSource("x"), fixed: switchSource("-x"), calls: [(7, 560, 546, 560)]),
        Case(
            testDescription: "function with a private copy of a constant table",
            original: """
                static const int table[4] = {1, 2, 3, 4}; int f(int x) { return table[x & 3]; }
                int g(int x) { return table[x & 3] * 2; }
                """,
            fixed: """
                static const int table[4] = {1, 2, 3, 4}; int f(int x) { return table[x & 3] + 10; }
                int g(int x) { return table[x & 3] * 2; }
                """,
            calls: [(2, 3, 13, 3)]),
        Case(
            testDescription: "piece for what is rare (.cold)", original: coldSource("2"), fixed: coldSource("3"),
            calls: [(5, 6, 6, 6), (91, 275_000, 367_000, 275_000)]),
        Case(
            testDescription: "piece that callers share (.part)", original: partSource("7", "31"),
            fixed: partSource("8", "37"), calls: [(5, 29, 33, 29), (78, 2446, 1528, 2446)]),
        Case(
            testDescription: "removed function",
            original: """
                __attribute__((noinline)) static int gone(int x) { __asm__ volatile(""); return x * 5; }
                int f(int x) { return gone(x) + 1; }
                """,
            fixed: "int f(int x) { return x + 2; }", calls: [(3, 16, 5, 16)]),
    ]

    private static func coldSource(_ factor: String) -> String {
        """
        __attribute__((cold, noinline)) static int rare(int x) { __asm__ volatile(""); return x * 1000; }
        int f(int x) { if (x > 90) { int a = rare(x); return a + rare(x + 1) * \(factor); } return x + 1; }
        """
    }

    /// The compiler takes the loop out of what it inlines.
    private static func partSource(_ start: String, _ factor: String) -> String {
        """
        __attribute__((noipa)) static int keep(int x) { return x; }
        static int part(int x) {
          if (x <= 0) return \(start);
          int s = 0;
          for (int i = 0; i < x; i++) {
            s = (s * \(factor) + i * i) % 1009; s ^= (s * 7) % (i + 3); s += s / (i + 1) - (s % 5) * 3; s = keep(s);
          }
          return s;
        }
        int g(int x) { return part(x) + 1; }
        int h(int x) { return part(x - 3) * 2; }
        int f(int x) { return part(x - 50) + g(x - 60) + h(x - 70); }
        """
    }

    private static func switchSource(_ last: String) -> String {
        let cases = (0..<12).map { "case \($0): return g(\($0 * 79)) + \(last);" }.joined(separator: "\n")
        return """
            __attribute__((noinline)) static int g(int x) { __asm__ volatile(""); return x; }
            int f(int x) { switch (x) { \(cases) } return 0; }
            """
    }

    @Test(arguments: cases)
    func `a fix takes effect, is found again, and is taken back`(fix: Case) throws {
        let project = try PatchProject(fix.original)
        let patch = try project.patch(fix.fixed)
        let target = try project.start()
        let text = try target.text()
        for call in fix.calls { #expect(try target.call(call.argument) == call.original) }

        let apply = try Tools.host("apply", patch, "--pid", target.pid)
        #expect(apply.status == 0, "\(apply.errors)\(apply.output)")
        for call in fix.calls { #expect(try target.call(call.argument) == call.fixed) }
        let again = try Tools.host("apply", patch, "--pid", target.pid)
        #expect(again.status == 0, "already applied is what was asked for")

        let revert = try Tools.host("revert", patch, "--pid", target.pid)
        #expect(revert.status == 0, "\(revert.errors)\(revert.output)")
        for call in fix.calls { #expect(try target.call(call.argument) == call.reverted) }
        #expect(try target.text() == text, "the code is as it was")
    }

    @Test func `threads that call the function all the time get the new one together`() throws {
        let project = try PatchProject("int f(int x) { return x * 3 + 1001; }")
        let patch = try project.patch("int f(int x) { return x * 3 + 2002; }")
        let target = try project.start()
        #expect(try target.ask("t 12") == "started")
        for _ in 0..<5 {
            #expect(try Tools.host("apply", patch, "--pid", target.pid).status == 0)
            #expect(try target.call(1) == 2005)
            #expect(try Tools.host("revert", patch, "--pid", target.pid).status == 0)
            #expect(try target.call(1) == 1004)
        }
        #expect(target.isRunning)
    }

    /// What `apply --json` promises.
    private struct Report: Decodable {
        struct Process: Decodable {
            var pid: Int
            var result: String
            var pauseMicroseconds: Double
            var functions: [String]
        }

        var schemaVersion: Int
        var processes: [Process]
    }

    @Test func `all processes of the target are found, and only they`() throws {
        let project = try PatchProject("int f(int x) { return x * 3 + 31337; }")
        let patch = try project.patch("int f(int x) { return x * 3 + 31338; }")
        let other = try PatchProject("int f(int x) { return x * 5 + 31337; }").start()
        let targets = try (0..<3).map { _ in try project.start() }
        let apply = try Tools.host("apply", patch, "--all", "--json")
        #expect(apply.status == 0, "\(apply.errors)\(apply.output)")
        let report = try JSONDecoder().decode(Report.self, from: Data(apply.output.utf8))
        #expect(report.schemaVersion == 1)
        #expect(Set(report.processes.map(\.pid)) == Set(targets.compactMap { Int($0.pid) }))
        for process in report.processes {
            #expect(process.result == "patched")
            #expect(process.functions == ["f"])
            #expect(process.pauseMicroseconds > 0)
        }
        for target in targets { #expect(try target.call(1) == 31341) }
        #expect(try other.call(1) == 31342)
        let revert = try Tools.host("revert", patch, "--all")
        #expect(revert.status == 0, "\(revert.errors)\(revert.output)")
        for target in targets { #expect(try target.call(1) == 31340) }
    }

    @Test func `a patch is listed with its ID, by which it is taken back`() throws {
        let project = try PatchProject("int f(int x) { return x * 3 + 11; }")
        let patch = try project.patch("int f(int x) { return x * 3 + 12; }", options: ["--cve", "CVE-2026-11111"])
        let target = try project.start()
        #expect(try Tools.host("apply", patch, "--pid", target.pid).status == 0)
        let identity = String(try Command("sha256sum", [patch]).output.prefix(12))
        let list = try Tools.host("list", "--pid", target.pid)
        #expect(list.status == 0)
        #expect(list.output.contains(identity), "\(list.output)")
        #expect(try Tools.host("revert", identity, "--pid", target.pid).status == 0)
        #expect(try target.call(1) == 14)
    }

    @Test func `a text of a patch cannot command the terminal`() throws {
        let project = try PatchProject("int f(int x) { return x * 3 + 41; }")
        let patch = try project.patch(
            "int f(int x) { return x * 3 + 42; }", options: ["--revert-hazard", "Close\u{1b}[2Jall\nlisted: nothing"])
        let target = try project.start()
        #expect(try Tools.host("apply", patch, "--pid", target.pid).status == 0)
        let revert = try Tools.host("revert", patch, "--pid", target.pid)
        #expect(!(revert.output + revert.errors).contains("\u{1b}"))
        #expect(!(revert.output + revert.errors).contains("\nlisted"))
        #expect(try !Tools.author(["inspect", patch]).output.contains("\u{1b}"))
    }

    @Test func `a revert hazard is shown and wants to be confirmed`() throws {
        let project = try PatchProject("int f(int x) { return x * 3 + 21; }")
        let patch = try project.patch(
            "int f(int x) { return x * 3 + 22; }", options: ["--revert-hazard", "Close all doors first."])
        let target = try project.start()
        #expect(try Tools.host("apply", patch, "--pid", target.pid).status == 0)
        let unconfirmed = try Tools.host("revert", patch, "--pid", target.pid)
        #expect(unconfirmed.status == 3)
        #expect((unconfirmed.output + unconfirmed.errors).contains("Close all doors first."))
        #expect(try target.call(1) == 25, "nothing has changed")
        #expect(try Tools.host("revert", patch, "--pid", target.pid, "--yes").status == 0)
        #expect(try target.call(1) == 24)
    }
}
