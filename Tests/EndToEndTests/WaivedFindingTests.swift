// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// Findings that block a patch; waived, the patch is built, and the target's own datum stays in use.
@Suite(.timeLimit(.minutes(10))) struct WaivedFindingTests {
    /// A fix that the review blocks, and what `f` answers once the finding is waived.
    struct Case: CustomTestStringConvertible, Sendable {
        /// The rule and the symbol, as a waiver names them.
        var finding: String
        var original: String
        var fixed: String
        /// What `f(1)` answers before, and with the waived patch.
        var answers: (original: Int, waived: Int)

        var testDescription: String { finding }
    }

    static let cases = [
        Case(
            finding: "changed-variable:limit",
            original: "int limit = 10; int f(int x) { return x + limit; }",
            fixed: "int limit = 20; int f(int x) { return x + limit + 100; }", answers: (11, 111)),
        Case(
            finding: "changed-shared-constant:table",
            original: "const int table[2] = {5, 6}; int f(int x) { return x + table[x & 1]; }",
            fixed: "const int table[2] = {5, 7}; int f(int x) { return x + table[x & 1] + 100; }", answers: (7, 107)),
        Case(
            finding: "changed-constructor:begin",
            original: "static int n; int f(int x) { return x + n; } int g(int x) { return n += x; }",
            fixed: """
                static int n; int f(int x) { return x + n + 100; } int g(int x) { return n += x; }
                __attribute__((constructor)) static void begin(void) { n = 7; }
                """, answers: (1, 101)),
        Case(
            finding: "changed-thread-local:depth",
            original:
                "static __thread int depth = 1; int g(void) { return depth++; } int f(int x) { return x * 3 + 1; }",
            fixed: "static __thread int depth = 2; int g(void) { return depth++; } int f(int x) { return x * 4 + 1; }",
            answers: (4, 5)),
        Case(
            finding: "changed-inline-assembly:f",
            original: """
                int f(int x) { __asm__ volatile("addl $2, %0" : "+r"(x)); return x * 3; }
                """,
            fixed: """
                int f(int x) { __asm__ volatile("addl $4, %0" : "+r"(x)); return x * 3; }
                """, answers: (9, 15)),
        Case(
            finding: "changed-export:twice",
            original: "int f(int x) { return x * 3 + 1; }",
            fixed: """
                __attribute__((noinline)) int twice(int x) { __asm__ volatile(""); return x * 2; }
                int f(int x) { return twice(x) + 100; }
                """, answers: (4, 102)),
    ]

    /// The JSON of `patch`.
    private struct Report: Decodable {
        struct Finding: Decodable {
            struct Waiver: Decodable {
                var name: String
                var reason: String
            }

            var rule: String
            var weight: String
            var symbols: [String]
            var facts: [String]
            var waiver: Waiver?
        }

        struct Patch: Decodable {
            var findings: [Finding]
        }

        var schemaVersion: Int
        var patches: [Patch]?
        var verdict: String
        var findings: [Finding]?
    }

    private func patch(
        _ project: PatchProject, _ fixed: String, _ options: String...
    ) throws -> (command: Command, report: Report) {
        let command = try project.build(fixed, options: options + ["--json"])
        return (command, try JSONDecoder().decode(Report.self, from: Data(command.output.utf8)))
    }

    @Test(arguments: cases)
    func `a finding blocks, and waived it leaves the target's own datum in use`(fix: Case) throws {
        let project = try PatchProject(fix.original)
        let (refused, report) = try patch(project, fix.fixed)
        #expect(refused.status == 3)
        #expect(report.verdict == "blocked")
        let rule = fix.finding.prefix { $0 != ":" }
        let finding = try #require(report.findings?.first { $0.rule == rule })
        #expect(finding.weight == "blocking")
        #expect(!finding.facts.isEmpty)
        #expect(refused.errors.contains("--waive '\(fix.finding)=REASON'"), "\(refused.errors)")
        #expect(refused.errors.split(separator: "\n").allSatisfy { $0.count <= 80 }, "\(refused.errors)")
        #expect(!FileManager.default.fileExists(atPath: project.directory.path("fix.mend")))

        let patch = try project.patch(
            fix.fixed, options: ["--waive", "\(fix.finding)=it may stay", "--waived-by", "A. Person"])
        let inspection = try Tools.author(["inspect", patch, "--json"]).output
        #expect(inspection.contains("\"reason\" : \"it may stay\""), "\(inspection)")
        #expect(inspection.contains("\"name\" : \"A. Person\""))
        let target = try project.start()
        #expect(try target.call(1) == fix.answers.original)
        #expect(try Tools.host("apply", patch, "--pid", target.pid).status == 0)
        #expect(try target.call(1) == fix.answers.waived)
        #expect(try Tools.host("revert", patch, "--pid", target.pid).status == 0)
        #expect(try target.call(1) == fix.answers.original)
    }

    private static let original = "int limit = 10; int f(int x) { return x + limit; }"
    private static let fixed = "int limit = 20; int f(int x) { return x + limit + 100; }"

    @Test func `a fix waives findings in its own header, with its author's reason`() throws {
        let project = try PatchProject(Self.original)
        let header = "Description: a higher limit\nWaive: changed-variable:limit new processes are enough\n"
        let (command, report) = try {
            let command = try project.build(Self.fixed, header: header, options: ["--json"])
            return (command, try JSONDecoder().decode(Report.self, from: Data(command.output.utf8)))
        }()
        #expect(command.status == 0, "\(command.errors)")
        #expect(report.verdict == "built")
        let finding = try #require(report.patches?.first?.findings.first { $0.rule == "changed-variable" })
        #expect(finding.waiver?.reason == "new processes are enough")
        #expect(finding.waiver?.name.isEmpty == false)
    }

    @Test func `a waiver that matches nothing is refused with its name`() throws {
        let project = try PatchProject(Self.original)
        for name in ["changed-variable:other", "changed-constructor"] {
            let (command, report) = try patch(project, Self.fixed, "--waive", "\(name)=why not")
            #expect(command.status == 3)
            #expect(report.verdict == "refused")
            #expect(name.split(separator: ":").allSatisfy { command.errors.contains($0) }, "\(command.errors)")
        }
    }

    @Test func `a note needs no waiver, and takes none`() throws {
        let project = try PatchProject("int f(int x) { return x * 1003; }")
        let (command, _) = try patch(
            project, "int f(int x) { return x * 1004; }", "--waive", "no-unwind-tables=why not")
        #expect(command.status == 3)
        #expect(command.errors.contains("no-unwind-tables"), "\(command.errors)")
    }

    @Test func `a datum that grows cannot be waived`() throws {
        let project = try PatchProject("int table[4]; int f(int x) { return x + table[x & 3]; }")
        let fixed = "int table[8]; int f(int x) { return x + table[x & 7] + 1; }"
        let (blocked, report) = try patch(project, fixed)
        #expect(report.findings?.contains { $0.rule == "grown-datum" && $0.symbols == ["table"] } == true)
        #expect(!blocked.errors.contains("--waive 'grown-datum"), "\(blocked.errors)")
        let (command, second) = try patch(project, fixed, "--waive", "grown-datum:table=why not")
        #expect(command.status == 3)
        #expect(second.verdict == "refused")
        #expect(command.errors.contains("cannot be waived"), "\(command.errors)")
    }

    @Test func `a fix of data alone has nothing to replace`() throws {
        let project = try PatchProject(Self.original)
        let fixed = Self.original.replacing("10", with: "20")
        let (command, _) = try patch(project, fixed, "--waive", "changed-variable=it may stay")
        #expect(command.status == 3)
        #expect(command.errors.contains("nothing to replace"), "\(command.errors)")
    }

    @Test func `a fix that changes nothing in this build has a verdict and an exit code of its own`() throws {
        let project = try PatchProject("int f(int x) { return x + 1; }")
        let (command, report) = try patch(project, "int f(int x) { return 1 + x; }")
        #expect(command.status == 5)
        #expect(report.verdict == "not-affected")
        #expect(command.errors.contains("not affected in this build"), "\(command.errors)")
    }

    @Test(arguments: ["changed-variable", "changed-variable=", "unheard-of=why", "changed-variable:=why", "=why"])
    func `a waiver that says no rule or no reason is a wrong command line`(text: String) throws {
        let command = try Tools.author([
            "patch", "--package", "a=1", "--fix", "a", "--output", "b", "--waive", text,
        ])
        #expect(command.status == 64, "\(command.errors)")
    }
}
