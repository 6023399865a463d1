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

    /// Patches and reverts until the threads have waited some times.
    func check(_ kinds: [String], rounds: Int) throws {
        let program = try RunningProgram(workshop.path("calls"), kinds)
        var count = 0
        while try count < 3 || Int(program.ask("rounds")) ?? 0 < rounds {
            #expect(Patcher(patch).apply(to: program.id).result == .done)
            #expect(try program.ask("value") == "2")
            #expect(Reverter().revert(patch.id, in: program.id).result == .done)
            count += 1
        }
        #expect(try program.ask("state") == "interrupted 0 early 0 wrong 0")
    }

    @Test(arguments: kinds)
    func `a call ends as it would have, and no sooner`(kind: String) throws {
        // Where it is the only thread that waits, it is also the one that maps the memory.
        try check([kind], rounds: 10)
    }

    @Test func `all calls at once`() throws {
        try check(Self.kinds + Self.kinds, rounds: 600)
    }
}
