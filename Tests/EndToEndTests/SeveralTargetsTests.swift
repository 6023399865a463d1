// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// A fix whose functions lie in two libraries: two live patches, which a process gets together.
@Suite(.timeLimit(.minutes(10))) struct SeveralTargetsTests {
    private let directory: TemporaryDirectory

    /// A function that is long enough to be no chance, and answers its argument times 1000 and a number.
    private static func source(_ name: String, _ factor: Int, answer: Int) -> String {
        """
        extern long write(int, const void *, unsigned long);
        int \(name)(int x) {
            unsigned sum = \(factor)u;
            for (int turn = 0; turn < x; turn++) { sum = sum * \(factor)u + turn; if (sum == 0) write(2, &sum, turn); }
            return sum == 0 ? -1 : x * 1000 + \(answer);
        }

        """
    }

    /// Reads commands: `c N` tells f(N), and g(N) if it is linked with it.
    private static let program = """
        #include <stdio.h>
        extern int f(int);
        extern int g(int) __attribute__((weak));
        int main(void) {
          char line[64]; int number;
          setvbuf(stdout, 0, _IOLBF, 0);
          puts("ready");
          while (fgets(line, sizeof line, stdin))
            if (sscanf(line, "c %d", &number) == 1) printf("%d %d\\n", f(number), g ? g(number) : 0);
          return 0;
        }

        """

    init() throws {
        directory = try TemporaryDirectory()
        try directory.write(Self.source("f", 31, answer: 1), to: "project/a.c")
        try directory.write(Self.source("g", 57, answer: 2), to: "project/b.c")
        try directory.write(Self.program, to: "project/program.c")
        let identities = (0..<2).map { _ in String(UInt64.random(in: 1 << 60...UInt64.max), radix: 16) }
        try directory.write(
            """
            all: both one
            both: liba.so libb.so program.c
            \tgcc -O2 program.c -o both -L. -Wl,--no-as-needed -la -lb -Wl,-rpath,'$$ORIGIN'
            one: liba.so program.c
            \tgcc -O2 program.c -o one -L. -la -Wl,-rpath,'$$ORIGIN'
            liba.so: a.c
            \tgcc -O2 -fPIC -c a.c -o a.o && gcc -shared -s -Wl,--build-id=0x\(identities[0]) a.o -o liba.so
            libb.so: b.c
            \tgcc -O2 -fPIC -c b.c -o b.o && gcc -shared -s -Wl,--build-id=0x\(identities[1]) b.o -o libb.so

            """, to: "project/Makefile")
        let make = try Command("make", ["-s", "-C", "project"], in: directory.url)
        try #require(make.status == 0, "\(make.errors)")
    }

    /// Runs the author's tool on a fix of one or both of the files.
    private func build(
        _ answers: [String: Int], targets: [String], to output: String
    ) throws -> Command {
        var fix = ""
        for (name, answer) in answers.sorted(by: { $0.key < $1.key }) {
            let (function, factor) = name == "a.c" ? ("f", 31) : ("g", 57)
            try directory.write(Self.source(function, factor, answer: answer), to: "fixed")
            fix += try Command(
                "diff", ["-u", "--label", "a/\(name)", "--label", "b/\(name)", "project/\(name)", "fixed"],
                in: directory.url
            ).output
        }
        return try Tools.author(
            [
                "patch", "--fix", try directory.write(fix, to: "fix.patch"), "--source", directory.path("project"),
                "--build", "make -s", "--cache", directory.path("cache"), "--output", directory.path(output),
            ] + targets.flatMap { ["--target", $0] })
    }

    /// The two live patches of the fix.
    private func patches() throws -> [String] {
        try directory.write("", to: "out/.keep")
        let build = try build(["a.c": 11, "b.c": 12], targets: ["liba.so", "libb.so"], to: "out")
        try #require(build.status == 0, "\(build.errors)\(build.output)")
        return ["a", "b"].map { directory.path("out/fix.lib\($0).so.mend") }
    }

    private func start(_ program: String) throws -> TargetProcess {
        try TargetProcess(program: directory.path("project/" + program))
    }

    @Test func `each target gets a live patch of its own, in a folder`() throws {
        let patches = try patches()
        #expect(patches.allSatisfy { FileManager.default.fileExists(atPath: $0) })
        let single = try build(["a.c": 11, "b.c": 12], targets: ["liba.so", "libb.so"], to: "one.mend")
        #expect(single.status == 3)
        #expect(single.errors.contains("liba.so") && single.errors.contains("libb.so"), "\(single.errors)")
        #expect(!directory.exists("one.mend"))
        let missing = try build(["a.c": 11], targets: ["liba.so", "libc.so"], to: "out")
        #expect(missing.status == 3 && missing.errors.contains("libc.so"), "\(missing.errors)")
    }

    @Test func `a process gets those for the files that it uses, as the plan has told`() throws {
        let patches = try patches()
        let both = try start("both")
        let one = try start("one")
        let named = ["--pid", both.pid, "--pid", one.pid]
        let (before, plan) = try PlanTests.plan(patches + named)
        #expect(before == 0)
        #expect(plan.processes.map(\.action) == ["patch", "patch"])
        #expect(plan.processes.first { String($0.pid) == both.pid }?.targets == ["liba.so", "libb.so"])
        #expect(plan.processes.first { String($0.pid) == one.pid }?.targets == ["liba.so"])
        let table = try Command(try builtProgram("kaketsugi"), ["plan"] + patches + named)
        #expect(table.output.contains("liba.so, libb.so"), "\(table.output)")
        #expect(try both.ask("c 3") == "3001 3002")
        let apply = try Command(try builtProgram("kaketsugi"), ["apply"] + patches + named)
        #expect(apply.status == 0, "\(apply.errors)\(apply.output)")
        #expect(try both.ask("c 3") == "3011 3012")
        #expect(try one.ask("c 3") == "3011 0")
        let (after, done) = try PlanTests.plan(patches + named)
        #expect(after == 0 && done.processes.map(\.action) == ["already", "already"])
        let revert = try Command(try builtProgram("kaketsugi"), ["revert"] + patches + named)
        #expect(revert.status == 0, "\(revert.errors)\(revert.output)")
        #expect(try both.ask("c 3") == "3001 3002")
    }

    @Test(arguments: ["events", "processes", "scan"])
    func `a watch applies them together`(source: String) throws {
        let patches = try patches()
        let refused = try start("both")
        let other = try build(["b.c": 99], targets: ["libb.so"], to: "other.mend")
        try #require(other.status == 0, "\(other.errors)\(other.output)")
        #expect(try Tools.host("apply", directory.path("other.mend"), "--pid", refused.pid).status == 0)
        let before = try start("both")
        let watch = try WatchProcess(patches + ["--source", source])
        try watch.waitForPatch(in: before.pid)
        #expect(try before.ask("c 3") == "3011 3012")
        // Each of these is found a second later than the one before, where nobody tells of them.
        for program in ["both", "one", "both"] {
            let after = try start(program)
            let news = try watch.waitForPatch(in: after.pid)
            #expect(news.targets == (program == "both" ? ["liba.so", "libb.so"] : ["liba.so"]))
            #expect(try after.ask("c 3") == (program == "both" ? "3011 3012" : "3011 0"))
        }
        #expect(try refused.ask("c 3") == "3001 3099", "neither of them was applied")
        #expect(try watch.end() == 0)
        #expect(watch.news.count { $0.event == "failed" && $0.pid.map(String.init) == refused.pid } == 1)
        #expect(watch.news.last?.failed == 1)
    }

    @Test func `a process that cannot have one of them gets none, as the plan has told`() throws {
        let patches = try patches()
        let both = try start("both")
        let other = try build(["b.c": 99], targets: ["libb.so"], to: "other.mend")
        try #require(other.status == 0, "\(other.errors)\(other.output)")
        #expect(try Tools.host("apply", directory.path("other.mend"), "--pid", both.pid).status == 0)
        let (status, plan) = try PlanTests.plan(patches + ["--pid", both.pid])
        #expect(status == 3 && plan.processes.map(\.action) == ["cannot"])
        let apply = try Command(try builtProgram("kaketsugi"), ["apply"] + patches + ["--pid", both.pid])
        #expect(apply.status == 3)
        #expect(try both.ask("c 3") == "3001 3099", "neither of them was applied")
        let (first, alone) = try PlanTests.plan([patches[0], "--pid", both.pid])
        #expect(first == 0 && alone.processes.map(\.action) == ["patch"])
    }
}
