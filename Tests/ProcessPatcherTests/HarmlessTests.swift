// SPDX-License-Identifier: Apache-2.0

import ELF
import Foundation
import LinuxSystem
import LivePatch
import ProcessPatcher
import Testing

/// What a process must not notice of being patched.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct HarmlessTests {
    let workshop: Workshop
    let patch: Patch

    init() throws {
        workshop = try Workshop()
        try workshop.buildTarget()
        patch = try HandmadePatch(in: workshop).patch([("value", HandmadePatch.returning(2))], data: [1])
    }

    func start(_ threads: String...) throws -> RunningProgram {
        try RunningProgram(workshop.path("program"), threads)
    }

    /// Applies and reverts some times; each must succeed.
    func applyAndRevert(_ program: RunningProgram, of other: Patch? = nil, times: Int) {
        let patch = other ?? patch
        for _ in 0..<times {
            let applied = Patcher(patch).apply(to: program.id)
            #expect(applied.result == .done)
            let reverted = Reverter().revert(patch.id, in: program.id)
            #expect(reverted.result == .done)
        }
    }

    @Test func `no system call sees EINTR, none ends early, no sum is wrong`() throws {
        let program = try start("epoll", "epoll", "sleep", "sleep", "sum", "call", "wait")
        applyAndRevert(program, times: 40)
        #expect(try program.ask("state") == "interrupted 0 early 0 wrong 0")
        #expect(Int(try program.ask("rounds")) ?? 0 > 20)
    }

    @Test func `no signal is lost`() throws {
        let program = try start("epoll", "sleep", "call")
        let count = 3000
        let number = program.id.rawValue
        // SIGRTMIN, which is a function for C alone.
        let sender = Thread {
            for round in 0..<count {
                kill(number, 34)
                if round % 16 == 0 { usleep(200) }
            }
        }
        sender.start()
        applyAndRevert(program, times: 30)
        while !sender.isFinished { usleep(1000) }
        var handled = 0
        for _ in 0..<50 where handled < count {
            handled = Int(try program.ask("handled")) ?? 0
            usleep(10_000)
        }
        #expect(handled == count)
    }

    @Test func `a process that is stopped stays so, and runs the new code when it goes on`() throws {
        let program = try start("epoll")
        program.signal(SIGSTOP)
        while try program.state != "T" { usleep(1000) }
        #expect(Patcher(patch).apply(to: program.id).result == .done)
        // Let go, it goes back to where it was, which takes a moment.
        for _ in 0..<1000 where try program.state != "T" { usleep(1000) }
        #expect(try program.state == "T")
        program.signal(SIGCONT)
        #expect(try program.ask("value") == "2")
        #expect(try program.ask("state") == "interrupted 0 early 0 wrong 0")
    }

    @Test func `threads may start and end all the time`() throws {
        let program = try start("start", "start", "epoll")
        applyAndRevert(program, times: 30)
        #expect(try program.ask("value") == "1")
    }

    @Test func `the first thread may have ended before the others`() throws {
        let program = try start("leave", "epoll")
        applyAndRevert(program, times: 5)
        #expect(Patcher(patch).apply(to: program.id).result == .done)
        #expect(try program.ask("value") == "2")
    }

    @Test func `the first thread may end while the patcher looks at it`() throws {
        for _ in 0..<20 {
            // It says that it is ready, through another thread, and leaves at that moment.
            let program = try start("leave", "epoll")
            #expect(Patcher(patch).apply(to: program.id).result == .done)
        }
    }

    @Test func `a filter that kills for mapping memory does not see the patch being mapped, and holds again`() throws {
        try workshop.compile(
            Sources.filtered, to: "filtered",
            ["-L\(workshop.path(""))", "-ltarget", "-Wl,-rpath,\(workshop.path(""))"])
        let program = try RunningProgram(workshop.path("filtered"))
        #expect(try program.ask("on") == "1")
        #expect(Patcher(patch).apply(to: program.id).result == .done)
        #expect(try program.ask("value") == "2")
        let status = try ThreadStatus(of: program.id.leader, in: program.id)
        #expect(status.seccomp == .filter)
        #expect(status.tracer == nil)
    }

    @Test func `a process that may not make memory executable is patched all the same`() throws {
        try workshop.compile(
            Sources.denying, to: "denying",
            ["-L\(workshop.path(""))", "-ltarget", "-Wl,-rpath,\(workshop.path(""))"])
        let program = try RunningProgram(workshop.path("denying"))
        // Where the kernel does not know the denial (before Linux 6.3), neither holds.
        #expect(["known 1 holds 1", "known 0 holds 0"].contains(try program.ask("denial")))
        applyAndRevert(program, times: 3)
        #expect(Patcher(patch).apply(to: program.id).result == .done)
        #expect(try program.ask("value") == "2")
    }

    /// The commands under which a static program runs apart from this one, in some way.
    static let surroundings: [[String]] = [
        ["unshare", "--user", "--map-root-user", "--mount"], ["unshare", "--mount", "--uts", "--ipc"],
        ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"],
        ["setpriv", "--no-new-privs", "--bounding-set=-all"],
    ]

    @Test(arguments: surroundings)
    func `a process in other namespaces, or with less rights, is patched`(command: [String]) throws {
        try workshop.compile(Sources.library + "\n" + Sources.program, to: "alone", ["-static"])
        // One of the users may be another, whom the program gives its rights.
        try FileManager.default.setAttributes([.posixPermissions: 0o4755], ofItemAtPath: workshop.path("alone"))
        let patch = try HandmadePatch(for: "alone", in: workshop).patch([("value", HandmadePatch.returning(2))])
        let program = try RunningProgram(
            "/usr/bin/" + command[0], command.dropFirst() + [workshop.path("alone"), "epoll"])
        applyAndRevert(program, of: patch, times: 3)
        #expect(try program.ask("state") == "interrupted 0 early 0 wrong 0")
    }

    @Test func `a process in another root is patched, whose files are not ours`() throws {
        try workshop.compile(Sources.library + "\n" + Sources.program, to: "alone", ["-static"])
        let patch = try HandmadePatch(for: "alone", in: workshop).patch([("value", HandmadePatch.returning(2))])
        let program = try RunningProgram("/usr/sbin/chroot", [workshop.path(""), "/alone", "epoll"])
        applyAndRevert(program, of: patch, times: 3)
        #expect(try program.ask("value") == "1")
    }

    @Test func `a library whose file was replaced is patched in the processes that have the old one`() throws {
        let program = try start("epoll")
        try workshop.compile(Sources.peerLibrary, to: "new.so", ["-fPIC", "-shared"])
        try FileManager.default.removeItem(atPath: workshop.path("libtarget.so"))
        try FileManager.default.moveItem(atPath: workshop.path("new.so"), toPath: workshop.path("libtarget.so"))
        applyAndRevert(program, times: 3)
        #expect(try program.ask("value") == "1")
    }

    @Test func `the mark that an indirect branch may lead here stays at the entry, while patched and afterwards`()
        throws
    {
        try workshop.compile(
            Sources.library, to: "libtarget.so",
            ["-fPIC", "-shared", "-Wl,-soname,libtarget.so", "-fcf-protection=full"])
        let handmade = try HandmadePatch(in: workshop)
        let patch = try handmade.patch([("value", HandmadePatch.returning(2))])
        let program = try start("epoll", "call")
        guard let view = try ProcessView(of: program.id, writable: false) else { throw PatchError.exited(program.id) }
        let file = try #require(try view.files().first { $0.buildID == handmade.target.buildID })
        let entry = file.address(of: try handmade.symbol("value").value)
        let mark: [UInt8] = [0xf3, 0x0f, 0x1e, 0xfa]
        let original = try view.memory.read(9, at: entry)
        try #require(original.starts(with: mark))
        #expect(Patcher(patch).apply(to: program.id).result == .done)
        #expect(try view.memory.read(5, at: entry) == mark + [0xe9])
        #expect(try program.ask("value") == "2")
        #expect(Reverter().revert(patch.id, in: program.id).result == .done)
        #expect(try view.memory.read(9, at: entry) == original)
        #expect(try program.ask("state") == "interrupted 0 early 0 wrong 0")
    }

    @Test func `a thread that waits for its vfork child is waited for`() throws {
        let program = try start("vfork")
        let report = Patcher(patch).apply(to: program.id)
        #expect(report.result == .done)
        #expect(try program.ask("value") == "2")
    }

    @Test func `a process that executes itself all the time is never left stopped`() throws {
        try workshop.compile(
            Sources.becoming, to: "becoming",
            ["-L\(workshop.path(""))", "-ltarget", "-Wl,-rpath,\(workshop.path(""))"])
        let program = try RunningProgram(workshop.path("becoming"))
        for _ in 0..<60 {
            switch Patcher(patch, patience: .milliseconds(50)).apply(to: program.id).result {
            case .done, .already, .skipped(.exited), .skipped(.targetNotUsed), .failed: break
            default: Issue.record("unexpected")
            }
        }
        #expect(program.isRunning)
        for _ in 0..<100 where try !["R", "S"].contains(program.state) { usleep(1000) }
        #expect(["R", "S", "D"].contains(try program.state))
    }
}
