// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// `kaketsugi plan`: what `apply` would do, told without doing it.
@Suite(.timeLimit(.minutes(10))) struct PlanTests {
    /// What `plan --json` promises.
    struct Report: Decodable {
        struct Process: Decodable {
            var pid: Int
            var name: String
            var threads: Int
            var level: Int?
            var targets: [String]
            var action: String
            var reason: String?
        }

        var schemaVersion: Int
        var command: String
        var patch: String
        var level: Int
        var target: String
        var buildID: String
        var processes: [Process]
        var forbidden: [Int]
    }

    private let project: PatchProject
    private let patch: String

    init() throws {
        project = try PatchProject("int f(int x) { return x * 3 + 100; }")
        patch = try project.patch("int f(int x) { return x * 3 + 200; }")
    }

    static func plan(_ arguments: [String]) throws -> (status: Int32, report: Report) {
        let plan = try Command(try builtProgram("kaketsugi"), ["plan", "--json"] + arguments)
        try #require(!plan.output.isEmpty, "\(plan.errors)")
        return (plan.status, try JSONDecoder().decode(Report.self, from: Data(plan.output.utf8)))
    }

    /// What the kernel says of a process that tells whether it was stopped, written to or made to map something.
    private func traces(of target: TargetProcess) throws -> [String] {
        let text = try String(contentsOf: URL(filePath: "/proc/\(target.pid)/maps"), encoding: .utf8)
        let status = try String(contentsOf: URL(filePath: "/proc/\(target.pid)/status"), encoding: .utf8)
        return [text, status.split(separator: "\n").first { $0.hasPrefix("nonvoluntary") }.map(String.init) ?? ""]
    }

    @Test func `each process of the target is told, and nothing is changed`() throws {
        let fresh = try project.start()
        let patched = try project.start()
        #expect(try Tools.host("apply", patch, "--pid", patched.pid).status == 0)
        #expect(try fresh.ask("t 3") == "started")
        let code = try fresh.text()
        let map = try traces(of: fresh)[0]
        let (status, report) = try Self.plan([patch])
        #expect(status == 0)
        #expect(report.schemaVersion == 1 && report.command == "plan" && report.target == "libtarget.so")
        let own = report.processes.filter { ["patch", "already"].contains($0.action) }
        #expect(own.map(\.pid).sorted() == [fresh.pid, patched.pid].compactMap { Int($0) }.sorted())
        let first = try #require(own.first { String($0.pid) == fresh.pid })
        #expect(first.action == "patch" && first.level == nil && first.threads == 4 && first.name == "program")
        #expect(first.targets == ["libtarget.so"] && first.reason == nil)
        let second = try #require(own.first { String($0.pid) == patched.pid })
        #expect(second.action == "already" && second.level == 1 && second.threads == 1)

        let text = try Tools.host("plan", patch, "--pid", fresh.pid, "--pid", patched.pid)
        #expect(text.status == 0)
        let lines = text.output.split(separator: "\n")
        #expect(lines.first?.split(separator: " ") == ["PID", "NAME", "THREADS", "LEVEL", "PLAN"])
        #expect(lines.contains { $0.contains(fresh.pid) && $0.contains("would be patched to level 1") })
        #expect(lines.contains { $0.contains(patched.pid) && $0.contains("is patched already") })
        #expect(text.output.contains("2 of 2 processes can have the patch; nothing was changed"))

        #expect(try fresh.text() == code)
        #expect(try traces(of: fresh)[0] == map, "no memory was mapped")
        #expect(try fresh.call(1) == 103)
        #expect(try Tools.host("list", "--pid", fresh.pid).output.contains("no process is patched"))
    }

    @Test func `what cannot be patched is told with the reason that apply gives`() throws {
        let good = try project.start()
        let changed = try project.start()
        let other = try project.patch("int f(int x) { return x * 3 + 300; }", to: "other.mend")
        #expect(try Tools.host("apply", other, "--pid", changed.pid).status == 0)
        let (both, report) = try Self.plan([patch, "--pid", good.pid, "--pid", changed.pid])
        #expect(both == 2)
        let refused = try #require(report.processes.first { String($0.pid) == changed.pid })
        #expect(refused.action == "cannot")
        let reason = try #require(refused.reason)
        let apply = try Tools.host("apply", patch, "--pid", changed.pid, "--json")
        #expect(apply.status == 3 && apply.output.contains(reason), "\(reason)\n\(apply.output)")
        let (alone, _) = try Self.plan([patch, "--pid", changed.pid])
        #expect(alone == 3)
        #expect(try changed.call(1) == 303)
        #expect(try good.call(1) == 103)
    }

    @Test func `a process that is traced cannot be patched`() throws {
        let traced = try project.start()
        let script = """
            import ctypes, sys
            seize = 0x4206
            if ctypes.CDLL(None).ptrace(seize, int(sys.argv[1]), 0, 0) == 0: print("ready", flush=True)
            sys.stdin.read()
            """
        let tracer = try TargetProcess(program: "/usr/bin/env", ["python3", "-c", script, traced.pid])
        let (status, report) = try Self.plan([patch, "--pid", traced.pid])
        #expect(status == 3)
        #expect(report.processes.first?.action == "cannot")
        #expect(report.processes.first?.reason?.contains(tracer.pid) == true, "\(report.processes)")
    }

    @Test func `other builds, excluded processes and those that do not use the target are told apart`() throws {
        let other = try PatchProject("int f(int x) { return x * 5 + 100; }").start()
        let excluded = try project.start()
        let (status, report) = try Self.plan([
            patch, "--pid", other.pid, "--pid", excluded.pid, "--exclude", "*\(project.directory.path)/*",
        ])
        #expect(status == 4)
        let actions = Dictionary(report.processes.map { (String($0.pid), $0) }) { first, _ in first }
        #expect(actions[other.pid]?.action == "other-build" && actions[other.pid]?.targets == [])
        #expect(actions[excluded.pid]?.action == "leave")
        #expect(actions[excluded.pid]?.reason?.contains(project.directory.path) == true)
        let nobody = try Tools.host("plan", patch, "--pid", String(getpid()))
        #expect(nobody.status == 4)
        #expect(nobody.output.contains("no process uses libtarget.so"), "\(nobody.output)")
    }

    @Test func `levels are told, and the way down only with consent`() throws {
        let project = try PatchProject(LevelTests.original)
        let out = project.directory.path("out")
        let build = try project.author("level", [try LevelTests.writeQueue(to: project.directory), "--output", out])
        try #require(build.status == 0, "\(build.errors)\(build.output)")
        let target = try project.start()
        #expect(try Tools.host("apply", "\(out)/libtarget-1.mend", "--pid", target.pid).status == 0)
        let (up, higher) = try Self.plan(["\(out)/libtarget-3.mend", "--pid", target.pid])
        #expect(up == 0 && higher.level == 3)
        #expect(higher.processes.map(\.action) == ["replace"] && higher.processes.map(\.level) == [1])
        #expect(try Tools.host("apply", "\(out)/libtarget-3.mend", "--pid", target.pid).status == 0)
        let (down, lower) = try Self.plan(["\(out)/libtarget-1.mend", "--pid", target.pid])
        #expect(down == 3 && lower.processes.map(\.action) == ["cannot"])
        let (allowed, back) = try Self.plan(["\(out)/libtarget-1.mend", "--pid", target.pid, "--allow-downgrade"])
        #expect(allowed == 0 && back.processes.map(\.action) == ["replace"])
        #expect(try target.call(20) == 115)
    }

    @Test func `bad input is refused`() throws {
        #expect(try Tools.host("plan", patch, "--pid", "none").status == 64)
        #expect(try Tools.host("plan", project.directory.path("none.mend")).status == 3)
        try project.directory.write("nonsense", to: "bad.mend")
        let bad = try Tools.host("plan", project.directory.path("bad.mend"))
        #expect(bad.status == 3 && bad.errors.unwrapped.contains("not a live patch"))
        let twice = try Tools.host("plan", patch, patch)
        #expect(twice.status == 3 && twice.errors.unwrapped.contains("both for the same"), "\(twice.errors)")
    }
}
