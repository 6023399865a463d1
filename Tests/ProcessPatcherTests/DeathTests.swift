// SPDX-License-Identifier: Apache-2.0

import Foundation
import LinuxSystem
import LivePatch
import ProcessPatcher
import TestSupport
import Testing

/// The death of the patcher at any system call it makes.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct DeathTests {
    let workshop: Workshop
    let patch: Patch

    init() throws {
        workshop = try Workshop()
        try workshop.buildTarget()
        patch = try HandmadePatch(in: workshop).patch(
            [("value", HandmadePatch.returning(2)), ("other", HandmadePatch.returning(20))], data: [1])
    }

    /// Runs the tool and kills it at a system call stop: the `number`th from its first ptrace call on.
    ///
    /// - Returns: Whether it came that far; else it ended by itself.
    func runTool(_ arguments: [String], killedAt number: Int) throws -> Bool {
        let process = Process()
        process.executableURL = Built.tool
        process.arguments = arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        let thread = ThreadID(rawValue: process.processIdentifier)
        var tracee = try Tracee(seizing: thread, .markSystemCalls)
        let alarm = try WaitAlarm()
        guard try tracee.interrupt(within: alarm, .seconds(5)) != .ended else { return false }
        var count = 0
        while true {
            try tracee.resume(untilSystemCall: true)
            // Whoever started the tool may have taken notice of its end before us.
            guard let stop = try ended({ try tracee.wait(within: alarm, .seconds(10)) }) else {
                Issue.record("the tool hangs")
                kill(thread.rawValue, SIGKILL)
                return false
            }
            if stop == .ended { return false }
            guard stop == .systemCall else { continue }
            // SYS_ptrace
            if try count > 0 || thread.registers().systemCall == 101 { count += 1 }
            if count > number {
                kill(thread.rawValue, SIGKILL)
                while try ended({ try tracee.wait(within: alarm, .seconds(5)) }) != .ended {}
                return true
            }
        }
    }

    private func ended(_ wait: () throws -> Stop?) throws -> Stop? {
        do { return try wait() } catch let error as SystemError where error.meansGone { return .ended }
    }

    @Test func `wherever it dies, the target goes on, and the next start finishes or undoes`() throws {
        let program = try RunningProgram(workshop.path("program"), ["epoll", "sleep", "sum", "call", "wait"])
        try killTool(on: program, with: patch)
    }

    @Test(arguments: zip(0...1, [["epoll", "sleep", "vectors", "x87"], ["busy", "vectors", "x87"]]))
    func `the same with hooks, while all threads compute`(half: Int, threads: [String]) throws {
        let program = try RunningProgram(workshop.path("program"), threads)
        let handmade = try HandmadePatch(in: workshop)
        let hooks = try HookCode(HookTests.counting, for: handmade, in: workshop)
        let patch = try handmade.patch(
            [("value", HandmadePatch.returning(2)), ("other", HandmadePatch.returning(20))], data: [1], hooks: hooks)
        // The two programs share the moments between them.
        try killTool(on: program, with: patch, from: half, by: 2)
    }

    @Test func `the same at random instants`() throws {
        let program = try RunningProgram(workshop.path("program"), ["epoll", "sleep", "sum", "call"])
        let file = workshop.path("patch.mend")
        try Data(try patch.artefact.encoded()).write(to: URL(filePath: file))
        let seed = SeededGenerator.seed
        var generator = SeededGenerator(seed: seed)
        let command = ["apply", file, "--pid", "\(program.id)"]
        // How long a command takes changes with what else the machine does: this follows it.
        var usual = try ContinuousClock().measure { try run(command, killedAfter: nil) }
        var killed = 0
        for round in 0..<100 {
            let isBack = round.isMultiple(of: 2)
            let delay = usual * Double.random(in: 0...1.2, using: &generator)
            let isKilled = try run([isBack ? "revert" : "apply"] + command.dropFirst(), killedAfter: delay)
            killed += isKilled ? 1 : 0
            usual = usual * (isKilled ? 1.1 : 0.9)
            #expect(["1", "2"].contains(try program.ask("value")), "seed \(seed)")
            #expect(["R", "S"].contains(try program.state), "seed \(seed)")
            if Bool.random(using: &generator) {
                #expect(Patcher(patch, patience: .seconds(30)).apply(to: program.id).result.holds, "seed \(seed)")
                #expect(try program.ask("value") == "2")
                #expect(try program.ask("other") == "20")
            } else {
                let reverted = Reverter(patience: .seconds(30)).revert(patch.id, in: program.id).result
                #expect(reverted.holds || reverted == .skipped(.notPatched), "seed \(seed)")
                #expect(try program.ask("value") == "1")
                #expect(try program.ask("other") == "10")
            }
        }
        #expect(killed > 20, "seed \(seed)")
        #expect(try program.ask("state").hasSuffix("early 0 wrong 0"))
    }

    /// Runs the tool for so long at most.
    ///
    /// - Returns: Whether it was killed.
    @discardableResult
    func run(_ arguments: [String], killedAfter delay: Duration?) throws -> Bool {
        let process = Process()
        process.executableURL = Built.tool
        process.arguments = arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        if let delay {
            pause(for: delay)
            kill(process.processIdentifier, SIGKILL)
        }
        process.waitUntilExit()
        return process.terminationReason == .uncaughtSignal
    }

    func killTool(on program: RunningProgram, with patch: Patch, from first: Int = 0, by step: Int = 1) throws {
        // Where threads hardly get a processor, one can stay in a function for long.
        let patcher = Patcher(patch, patience: .seconds(30))
        let reverter = Reverter(patience: .seconds(30))
        let file = workshop.path("patch.mend")
        try Data(try patch.artefact.encoded()).write(to: URL(filePath: file))
        for arguments in [["apply", file, "--pid", "\(program.id)"], ["revert", file, "--pid", "\(program.id)"]] {
            var number = first
            while true {
                if arguments[0] == "revert" { try #require(patcher.apply(to: program.id).result.holds) }
                guard try runTool(arguments, killedAt: number) else { break }
                #expect(["1", "2"].contains(try program.ask("value")), "killed at \(number)")
                #expect(["R", "S"].contains(try program.state), "killed at \(number)")
                // On one half of the ways on, the change is finished, on the other it is undone.
                if (number / step).isMultiple(of: 2) {
                    #expect(patcher.apply(to: program.id).result.holds, "killed at \(number)")
                    #expect(try program.ask("value") == "2")
                    #expect(try program.ask("other") == "20")
                }
                let reverted = reverter.revert(patch.id, in: program.id).result
                #expect(reverted.holds || reverted == .skipped(.notPatched), "killed at \(number)")
                #expect(try program.ask("value") == "1")
                #expect(try program.ask("other") == "10")
                number += step
            }
            #expect(number > 20, "the tool was not killed often enough: \(number)")
        }
        // A call that the kernel had ended with EINTR before the patcher could undo that stays so.
        #expect(try program.ask("state").hasSuffix("early 0 wrong 0"))
    }
}

extension ProcessReport.Result {
    var holds: Bool { self == .done || self == .already }
}
