// SPDX-License-Identifier: Apache-2.0

import Foundation
import LinuxSystem
import LivePatch
import ProcessPatcher
import Testing

/// Functions of a patch that run in the process.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct HookTests {
    let workshop: Workshop
    let handmade: HandmadePatch

    init() throws {
        workshop = try Workshop()
        try workshop.buildTarget()
        handmade = try HandmadePatch(in: workshop)
    }

    func start(_ threads: String...) throws -> RunningProgram {
        try RunningProgram(workshop.path("program"), threads)
    }

    func patch(_ hooks: String) throws -> Patch {
        try handmade.patch(
            [("value", HandmadePatch.returning(2))], data: [1],
            hooks: HookCode(hooks, for: handmade, in: workshop))
    }

    func numbers(_ program: RunningProgram) throws -> [Int] {
        try program.ask("hooked").split(separator: " ").compactMap { Int($0) }
    }

    /// A hook for each moment, that counts itself, what `value` is at its time, and whether anything else moves.
    static let counting = Manifest.Hook.Moment.allCases.enumerated().map { index, moment in
        """
        int \(function(moment))(void) {
            hooked[\(index)]++;
            hooked[\(4 + index)] = value(0);
            hooked[\(8 + index)] += moved();
            spoil();
            return 0;
        }

        """
    }.joined()

    static func function(_ moment: Manifest.Hook.Moment) -> String {
        moment.rawValue.replacingOccurrences(of: "-", with: "_")
    }

    @Test(arguments: [["ticks", "epoll", "sleep"], ["ticks", "busy", "vectors", "x87"], ["leave", "ticks", "call"]])
    func `each moment comes exactly once, in order, and everything else stands still`(threads: [String]) throws {
        let program = try RunningProgram(workshop.path("program"), threads)
        let patch = try patch(Self.counting)
        for round in 1...4 {
            #expect(Patcher(patch).apply(to: program.id).result == .done)
            #expect(try program.ask("value") == "2")
            #expect(try numbers(program)[0..<6] == [round, round, round - 1, round - 1, 1, 2])
            #expect(Patcher(patch).apply(to: program.id).result == .already)
            #expect(Reverter().revert(patch.id, in: program.id).result == .done)
            #expect(try program.ask("value") == "1")
            #expect(Reverter().revert(patch.id, in: program.id).result == .already)
            #expect(try numbers(program)[0..<8] == [round, round, round, round, 1, 2, 2, 1])
        }
        #expect(try numbers(program)[8..<12] == [0, 0, 0, 0], "a thread ran meanwhile")
        #expect(try program.ask("state") == "interrupted 0 early 0 wrong 0")
    }

    @Test func `what every thread computes is not touched`() throws {
        let program = try start("busy", "vectors", "x87", "sum", "epoll", "sleep")
        let patch = try patch(Self.counting)
        for _ in 0..<60 {
            #expect(Patcher(patch).apply(to: program.id).result == .done)
            #expect(Reverter().revert(patch.id, in: program.id).result == .done)
        }
        #expect(try program.ask("state") == "interrupted 0 early 0 wrong 0")
        #expect(try numbers(program)[0..<4] == [60, 60, 60, 60])
    }

    /// What a hook does instead of coming back with 0, and what is said of it.
    struct Failure: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var code: String
        /// How long the hook may take: short only where that is what is tested.
        var limit = Duration.seconds(5)
        var isMeant: @Sendable (PatchError, HookName) -> Bool
    }

    static let failures = [
        Failure(testDescription: "refuses", code: "return -7;") { $0 == .hookRefused($1, result: -7) },
        Failure(testDescription: "reads nowhere", code: "volatile long nowhere = 8; return *(volatile int *)nowhere;") {
            crashed($0, $1, "SIGSEGV")
        },
        Failure(testDescription: "divides by zero", code: "volatile int zero = 0, many = 100; return many / zero;") {
            crashed($0, $1, "SIGFPE")
        },
        Failure(testDescription: "traps", code: "__builtin_trap();") { crashed($0, $1, "SIGILL") },
        Failure(
            testDescription: "overflows its stack",
            code: "__asm__ volatile(\"1: push %%rax; jmp 1b\" ::: \"memory\"); return 0;"
        ) { crashed($0, $1, "SIGSEGV") },
        Failure(testDescription: "never ends", code: "for (;;) __asm__ volatile(\"pause\");", limit: brief) {
            $0 == .hookTooSlow($1, limit: brief)
        },
        Failure(
            testDescription: "waits in the kernel",
            code: "volatile long time[2]; time[0] = 1000; time[1] = 0; sys(35, (long)time, 0, 0); return 0;",
            limit: brief
        ) { $0 == .hookTooSlow($1, limit: brief) },
    ]

    static let brief = Duration.milliseconds(80)

    static func crashed(_ error: PatchError, _ hook: HookName, _ signal: String) -> Bool {
        if case .hookCrashed(hook, let found, _) = error { found.description == signal } else { false }
    }

    @Test(arguments: failures, Manifest.Hook.Moment.allCases)
    func `a hook that fails leaves the functions as they were, and the thread`(
        failure: Failure, moment: Manifest.Hook.Moment
    ) throws {
        for threads in [["epoll", "sleep"], ["busy", "vectors", "x87"]] {
            let program = try RunningProgram(workshop.path("program"), threads)
            let hook = HookName(function: Self.function(moment), moment: moment)
            let patch = try patch(
                "int \(hook.function)(void) { hooked[0]++; spoil(); if (hooked[15]) return 0; \(failure.code) }")
            let isApply = [.beforeApply, .afterApply].contains(moment)
            if !isApply { #expect(Patcher(patch).apply(to: program.id).result == .done) }
            for _ in 0..<2 {
                let result =
                    isApply
                    ? Patcher(patch, hookLimit: failure.limit).apply(to: program.id).result
                    : Reverter(hookLimit: failure.limit).revert(patch.id, in: program.id).result
                guard case .failed(let error) = result else {
                    Issue.record("\(result)")
                    continue
                }
                #expect(failure.isMeant(error, hook), "\(error)")
                #expect(try program.ask("value") == (isApply ? "1" : "2"))
                #expect(try program.ask("state") == "interrupted 0 early 0 wrong 0")
            }
            #expect(try numbers(program)[0] == 2, "it ran once each time")
            let state = try PatchedProcess(program.id)?.records.map(\.state) ?? []
            #expect(state == [isApply ? .mapped : .applied])
        }
    }

    @Test func `a hook that a killed tool has left running is given up by the next command`() throws {
        let program = try start("epoll", "vectors")
        let endless = try patch("int before_apply(void) { hooked[0]++; for (;;) __asm__ volatile(\"pause\"); }")
        let file = workshop.path("patch.mend")
        try Data(try endless.artefact.encoded()).write(to: URL(filePath: file))
        let tool = Process()
        tool.executableURL = Built.tool
        tool.arguments = ["apply", file, "--pid", "\(program.id)"]
        tool.standardOutput = FileHandle.nullDevice
        try tool.run()
        // Until a thread is in the hook, which the tool gives a second.
        let began = MonotonicInstant.now
        while try ThreadStatus(of: program.id.leader, in: program.id).state == "S" || tool.processIdentifier == 0 {
            try #require(MonotonicInstant.now.elapsed(since: began) < .seconds(5))
            usleep(1000)
        }
        usleep(50_000)
        kill(tool.processIdentifier, SIGKILL)
        tool.waitUntilExit()
        let records = try #require(try PatchedProcess(program.id)).records
        #expect(records.map(\.state) == [.switching])

        let impatient = Reverter(patience: .milliseconds(400)).revert(endless.id, in: program.id)
        #expect(impatient.result == .failed(.hookRunning(thread: program.id.leader)))
        // The way back has no hooks of its own, and gives up the one that hangs.
        #expect(Reverter().revert(endless.id, in: program.id).result == .done)
        #expect(try program.ask("value") == "1")
        #expect(try numbers(program)[0] == 1)
        #expect(try program.ask("state") == "interrupted 0 early 0 wrong 0")
    }

    /// The kernel keeps one interrupted call for each thread, to go on with it: the hook's replaces the thread's own.
    @Test func `a thread whose hook waits too long goes on with its own call, not with the hook's`() throws {
        let program = try start("busy", "sleep")
        let patch = try patch(
            "int before_apply(void) { volatile long time[2]; time[0] = 1000; time[1] = 0; "
                + "sys(35, (long)time, 0, 0); return 0; }")
        let hook = HookName(function: "before_apply", moment: .beforeApply)
        for _ in 0..<4 {
            let result = Patcher(patch, hookLimit: Self.brief).apply(to: program.id).result
            #expect(result == .failed(.hookTooSlow(hook, limit: Self.brief)))
            try expectSleep(of: program)
        }
        #expect(try program.ask("state") == "interrupted 0 early 0 wrong 0")
    }

    @Test func `so does one whose hook a killed tool has left waiting`() throws {
        let program = try start("busy", "sleep")
        let patch = try patch(
            "int before_apply(void) { volatile long time[2]; time[0] = 1000; time[1] = 0; hooked[0]++; "
                + "sys(35, (long)time, 0, 0); return 0; }")
        let file = workshop.path("patch.mend")
        try Data(try patch.artefact.encoded()).write(to: URL(filePath: file))
        let tool = Process()
        tool.executableURL = Built.tool
        tool.arguments = ["apply", file, "--pid", "\(program.id)"]
        tool.standardOutput = FileHandle.nullDevice
        try tool.run()
        // All others stand still while the hook runs, so the program cannot be asked.
        let record = { try PatchedProcess(program.id)?.records.map(\.state) }
        let began = MonotonicInstant.now
        while try record() != [.switching] {
            try #require(MonotonicInstant.now.elapsed(since: began) < .seconds(5))
            usleep(1000)
        }
        usleep(50_000)
        kill(tool.processIdentifier, SIGKILL)
        tool.waitUntilExit()
        #expect(Reverter().revert(patch.id, in: program.id).result == .done)
        #expect(try numbers(program)[0] == 1)
        try expectSleep(of: program)
        #expect(try program.ask("state") == "interrupted 0 early 0 wrong 0")
    }

    /// The thread of the program that sleeps goes on.
    private func expectSleep(of program: RunningProgram) throws {
        let before = Int(try program.ask("slept")) ?? 0
        let began = MonotonicInstant.now
        while Int(try program.ask("slept")) ?? 0 < before + 2 {
            try #require(MonotonicInstant.now.elapsed(since: began) < .seconds(30), "the thread waits on")
            usleep(10_000)
        }
    }

    @Test func `no signal is lost, and none is handled while a hook runs`() throws {
        let program = try start("epoll", "busy")
        let patch = try patch(Self.counting)
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
        for _ in 0..<20 {
            #expect(Patcher(patch).apply(to: program.id).result == .done)
            #expect(Reverter().revert(patch.id, in: program.id).result == .done)
        }
        while !sender.isFinished { usleep(1000) }
        var handled = 0
        for _ in 0..<50 where handled < count {
            handled = Int(try program.ask("handled")) ?? 0
            usleep(10_000)
        }
        #expect(handled == count)
        #expect(try program.ask("state").hasSuffix("early 0 wrong 0"))
    }

    @Test func `a process that is stopped runs its hooks, and stays stopped`() throws {
        let program = try start("epoll")
        program.signal(SIGSTOP)
        while try program.state != "T" { usleep(1000) }
        let patch = try patch(Self.counting)
        #expect(Patcher(patch).apply(to: program.id).result == .done)
        for _ in 0..<1000 where try program.state != "T" { usleep(1000) }
        #expect(try program.state == "T")
        program.signal(SIGCONT)
        #expect(try numbers(program)[0..<2] == [1, 1])
        #expect(try program.ask("state") == "interrupted 0 early 0 wrong 0")
    }

    @Test func `a filter that kills for blocking signals does not see the stub, and holds for the hook`() throws {
        try workshop.compile(
            Sources.filtered, to: "filtered",
            ["-L\(workshop.path(""))", "-ltarget", "-Wl,-rpath,\(workshop.path(""))"])
        let program = try RunningProgram(workshop.path("filtered"))
        #expect(try program.ask("on") == "1")
        let patch = try patch(Self.counting)
        #expect(Patcher(patch).apply(to: program.id).result == .done)
        #expect(try program.ask("value") == "2")
        #expect(Reverter().revert(patch.id, in: program.id).result == .done)
        #expect(try program.ask("value") == "1")
        let forbidden = try self.patch("int before_apply(void) { sys(157, 0, 0, 0); return 0; }")
        #expect(Patcher(forbidden).apply(to: program.id).result == .skipped(.exited))
    }
}
