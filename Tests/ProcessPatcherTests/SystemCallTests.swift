// SPDX-License-Identifier: Apache-2.0

import LinuxSystem
import LivePatch
import ProcessPatcher
import Testing

/// The system calls that a stop could be seen by.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct SystemCallTests {
    let workshop: Workshop
    let patch: Patch

    init() throws {
        workshop = try Workshop()
        try workshop.compile(Sources.library, to: "libtarget.so", ["-fPIC", "-shared", "-Wl,-soname,libtarget.so"])
        try workshop.compile(
            Sources.calls, to: "calls", ["-L\(workshop.path(""))", "-ltarget", "-Wl,-rpath,\(workshop.path(""))"])
        patch = try HandmadePatch(in: workshop).patch([("value", HandmadePatch.returning(2))])
    }

    static let kinds = [
        "epoll_wait", "epoll_pwait2", "poll", "ppoll", "select", "semtimedop", "sigtimedwait", "recv", "read", "accept",
        "nanosleep", "clock_nanosleep", "futex", "condition", "mutex", "sem_timedwait", "timer", "waitpid", "pause",
    ]

    /// Patches and reverts some times, and lets a call end in between.
    ///
    /// A call that ends after a while begins anew when it was interrupted: if one were interrupted again and again before
    /// its time, as nothing but a test does, it would not end.
    func check(_ kinds: [String], cycles: Int) throws {
        let program = try RunningProgram(workshop.path("calls"), kinds)
        for _ in 0..<cycles {
            let ended = try #require(Int(program.ask("rounds")))
            #expect(Patcher(patch).apply(to: program.id).result == .done, "\(kinds)")
            #expect(try program.ask("value") == "2")
            #expect(Reverter().revert(patch.id, in: program.id).result == .done, "\(kinds)")
            #expect(try waits(for: program, toEndMoreThan: ended), "\(kinds): no call has ended")
        }
        #expect(try program.ask("state") == "interrupted 0 early 0 wrong 0", "\(kinds)")
    }

    /// Whether calls end in the next half minute.
    private func waits(for program: RunningProgram, toEndMoreThan count: Int) throws -> Bool {
        let deadline = MonotonicInstant.now.advanced(by: .seconds(30))
        while MonotonicInstant.now < deadline {
            if try #require(Int(program.ask("rounds"))) > count { return true }
            LinuxSystem.pause(for: .milliseconds(3))
        }
        return false
    }

    @Test func `a call ends as it would have, and no sooner`() throws {
        // Where it is the only thread that waits, it is also the one that maps the memory.
        for kind in Self.kinds { try check([kind], cycles: 8) }
    }

    @Test func `all calls at once`() throws {
        try check(Self.kinds + Self.kinds, cycles: 30)
    }
}
