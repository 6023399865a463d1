// SPDX-License-Identifier: Apache-2.0

import Foundation
import LivePatch
import TestSupport
import Testing

/// What the host's tool refuses: each names its cause, and leaves the code of the target as it was.
@Suite(.timeLimit(.minutes(10))) struct RefusedPatchTests {
    private static let original = """
        extern void hold(void);
        int f(int x) { if (x == 99) hold(); return x * 3 + 1; }
        """
    private static let fixed = """
        extern void hold(void);
        int f(int x) { if (x == 99) hold(); return x * 3 + 2; }
        """

    private let project: PatchProject
    private let patch: String

    init() throws {
        project = try PatchProject(Self.original)
        patch = try project.patch(Self.fixed)
    }

    /// Applies a patch that must be refused, and checks cause, exit code and that nothing has changed.
    private func expectRefusal(
        of patch: String, in target: TargetProcess, cause: String, status: Int32 = 3, options: [String] = []
    ) throws {
        let code = try target.text()
        let apply = try Command(builtProgram("kaketsugi"), ["apply", patch, "--pid", target.pid] + options)
        #expect(apply.status == status, "\(apply.errors)\(apply.output)")
        // A long path is broken into lines.
        let text = (apply.errors + apply.output).replacing("\n", with: "")
        #expect(text.contains(cause) || apply.errors.contains(cause), "\(apply.errors)\(apply.output)")
        #expect(try target.text() == code, "the code is untouched")
        #expect(target.isRunning)
    }

    @Test func `a function on a stack is refused, and replaced when it has left`() throws {
        let target = try project.start()
        #expect(try target.ask("b 99") == "held")
        try expectRefusal(of: patch, in: target, cause: "f", options: ["--wait", "0.2"])
        #expect(try target.call(1) == 4)
        #expect(try target.ask("r") == "released")
        #expect(try Tools.host("apply", patch, "--pid", target.pid).status == 0)
        #expect(try target.call(1) == 5)
    }

    @Test func `new code on a stack is not taken away`() throws {
        let target = try project.start()
        #expect(try Tools.host("apply", patch, "--pid", target.pid).status == 0)
        #expect(try target.ask("b 99") == "held")
        let revert = try Tools.host("revert", patch, "--pid", target.pid, "--wait", "0.2")
        #expect(revert.status == 3, "\(revert.errors)\(revert.output)")
        #expect(try target.call(1) == 5)
        #expect(try target.ask("r") == "released")
        #expect(try Tools.host("revert", patch, "--pid", target.pid).status == 0)
        #expect(try target.call(1) == 4)
    }

    @Test func `a process with another build of the target does not use it`() throws {
        let other = try PatchProject("int f(int x) { return x * 3 + 5; }").start()
        try expectRefusal(of: patch, in: other, cause: "does not use the target", status: 4)
    }

    @Test func `code that someone has changed is refused with both byte strings`() throws {
        let target = try project.start()
        let artefact = try Artefact(parsing: Array(Data(contentsOf: URL(filePath: patch))))
        let entry = artefact.originalBytes(of: artefact.manifest.functions[0].pieces[0])
        let position = try #require(try target.text().firstRange(of: entry)?.lowerBound)
        let last = position + entry.count - 1
        try target.overwriteText(at: last, with: [0x90])
        try expectRefusal(of: patch, in: target, cause: "90")
    }

    @Test func `a second patch for the same function is refused with the first one's name`() throws {
        let second = try project.patch(
            "extern void hold(void);\nint f(int x) { if (x == 99) hold(); return x * 3 + 7; }", to: "second.mend")
        let target = try project.start()
        #expect(try Tools.host("apply", patch, "--pid", target.pid).status == 0)
        let identity = String(try Command("sha256sum", [patch]).output.prefix(12))
        try expectRefusal(of: second, in: target, cause: identity)
        #expect(try target.call(1) == 5)
    }

    @Test func `a relocation that does not reach is refused with its symbol`() throws {
        var artefact = try Artefact(parsing: Array(Data(contentsOf: URL(filePath: patch))))
        artefact.relocations = artefact.relocations.map { relocation in
            var relocation = relocation
            relocation.value = 1 << 40
            return relocation
        }
        let far = try project.directory.write(try artefact.encoded(), to: "far.mend")
        try expectRefusal(of: far, in: try project.start(), cause: "hold")
    }

    @Test func `a truncated patch is refused`() throws {
        let bytes = try Data(contentsOf: URL(filePath: patch))
        let short = try project.directory.write(Array(bytes.dropLast(700)), to: "short.mend")
        try expectRefusal(of: short, in: try project.start(), cause: "short.mend")
    }

    @Test func `a file that is no patch is refused`() throws {
        let text = try project.directory.write("no patch at all", to: "text.mend")
        try expectRefusal(of: text, in: try project.start(), cause: "not a live patch")
        try expectRefusal(of: "/nonexistent.mend", in: try project.start(), cause: "/nonexistent.mend")
    }

    @Test func `a process that does not exist is refused with its number`() throws {
        let target = try project.start()
        let pid = target.pid
        try target.quit()
        let apply = try Tools.host("apply", patch, "--pid", pid)
        #expect(apply.status == 3 || apply.status == 4, "\(apply.errors)\(apply.output)")
        #expect((apply.errors + apply.output).contains(pid))
    }

    @Test func `processes that end meanwhile end the attempt, not the tool`() throws {
        let targets = try (0..<8).map { _ in try project.start() }
        let pids = targets.map(\.pid)
        let ending = Thread { _ = try? Command("kill", ["-KILL"] + pids) }
        ending.start()
        let apply = try Tools.host("apply", patch, "--all", "--json")
        #expect([0, 2, 3, 4].contains(apply.status), "\(apply.status) \(apply.errors)\(apply.output)")
    }

    @Test func `one process that refuses among others has an exit code of its own`() throws {
        let willing = try project.start()
        let busy = try project.start()
        #expect(try busy.ask("b 99") == "held")
        let apply = try Tools.host("apply", patch, "--all", "--wait", "0.2")
        #expect(apply.status == 2, "\(apply.errors)\(apply.output)")
        #expect(try willing.call(1) == 5)
        #expect(try busy.call(1) == 4)
        #expect(try busy.ask("r") == "released")
    }

    @Test func `no process at all has an exit code of its own`() throws {
        let apply = try Tools.host("apply", patch, "--all")
        #expect(apply.status == 4, "\(apply.errors)\(apply.output)")
    }

    @Test(arguments: [["apply"], ["apply", "x.mend", "--pid", "many"], ["mend"]])
    func `a wrong command line has the exit code of sysexits`(arguments: [String]) throws {
        #expect(try Command(builtProgram("kaketsugi"), arguments).status == 64)
    }

    @Test func `processes are named or searched for, unless the patch is the kernel's`() throws {
        let apply = try Tools.host("apply", patch)
        #expect(apply.status == 64 && apply.errors.unwrapped.contains("--pid or --all"), "\(apply.errors)")
    }

    @Test func `two patches for one file are not applied together`() throws {
        let target = try project.start()
        let other = project.directory.path("other.mend")
        try FileManager.default.copyItem(atPath: patch, toPath: other)
        let apply = try Tools.host("apply", patch, other, "--pid", target.pid)
        #expect(apply.status == 3)
        #expect(apply.errors.contains("libtarget.so"), "\(apply.errors)")
        #expect(try target.call(1) == 4)
    }
}
