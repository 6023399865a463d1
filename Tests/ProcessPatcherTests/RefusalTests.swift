// SPDX-License-Identifier: Apache-2.0

import ELF
import Foundation
import LinuxSystem
import LivePatch
import ProcessPatcher
import Testing

/// What is refused: each with its cause, and with the process as it was.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct RefusalTests {
    let workshop: Workshop
    let handmade: HandmadePatch

    init() throws {
        workshop = try Workshop()
        try workshop.buildTarget()
        handmade = try HandmadePatch(in: workshop)
    }

    /// Mappings and executable memory.
    func everything(of process: ProcessID) throws -> ([Range<RemoteAddress>], [[UInt8]]) {
        let memory = try ProcessMemory(of: process, writable: false)
        let map = try MemoryMap(of: process).mappings
        return (
            map.map(\.range),
            try map.filter(\.isExecutableFile).map { try memory.read(Int($0.range.size), at: $0.range.lowerBound) }
        )
    }

    @Test func `a function that a thread is in is refused, and replaced once it has left`() throws {
        let program = try RunningProgram(workshop.path("program"), ["wait"])
        let patch = try handmade.patch([("waiting", [0x31, 0xc0, 0xc3])])
        let before = try everything(of: program.id)
        let report = Patcher(patch, patience: .milliseconds(100)).apply(to: program.id)
        guard case .failed(.functionActive(let function, let thread, _)) = report.result else {
            Issue.record("\(report.result)")
            return
        }
        #expect(function == "waiting")
        #expect(try ProcessDirectory.threads(of: program.id).contains(thread))
        #expect(report.attempts > 1)
        #expect(try everything(of: program.id) == before)
        // Now it leaves and comes back all the time; sooner or later it is met outside.
        _ = try program.ask("open")
        #expect(Patcher(patch, patience: .seconds(20)).apply(to: program.id).result == .done)
    }

    @Test func `a function is in use while a signal handler runs above it on another stack`() throws {
        let program = try RunningProgram(workshop.path("program"), ["handler"])
        let patch = try handmade.patch([("waiting", [0x31, 0xc0, 0xc3])])
        let report = Patcher(patch, patience: .milliseconds(50)).apply(to: program.id)
        guard case .failed(.functionActive("waiting", _, _)) = report.result else {
            Issue.record("\(report.result)")
            return
        }
        for _ in 0..<20 { _ = try program.ask("leave") }
        #expect(try program.ask("state") == "interrupted 0 early 0 wrong 0")
    }

    @Test func `another build is not concerned`() throws {
        let program = try RunningProgram(workshop.path("program"))
        let patch = try handmade.patch(
            [("value", HandmadePatch.returning(2))], buildID: BuildID(bytes: [1, 2, 3, 4]))
        #expect(Patcher(patch).apply(to: program.id).result == .skipped(.targetNotUsed))
        #expect(try Discovery.users(of: BuildID(bytes: [1, 2, 3, 4])).processes == [])
    }

    @Test func `changed code is refused with both byte strings`() throws {
        let program = try RunningProgram(workshop.path("program"))
        let patch = try handmade.patch([("other", HandmadePatch.returning(2)), ("value", HandmadePatch.returning(2))])
        let map = try MemoryMap(of: program.id)
        let header = try #require(map.mappings.first { $0.name.hasSuffix("libtarget.so") && $0.offset == 0 })
        let address = header.range.lowerBound.advanced(by: try handmade.symbol("value").value + 2)
        let memory = try ProcessMemory(of: program.id, writable: true)
        let original = try memory.read(1, at: address)
        try memory.write([original[0] ^ 0xff], at: address)
        let before = try everything(of: program.id)
        guard
            case .failed(.originalDiffers("value", address: address, let expected, let found)) =
                Patcher(patch).apply(to: program.id).result
        else {
            Issue.record("not refused")
            return
        }
        #expect(expected.first == original[0])
        #expect(found.first == original[0] ^ 0xff)
        #expect(try everything(of: program.id) == before)
    }

    @Test func `a second patch for a function is refused with the name of the first`() throws {
        let program = try RunningProgram(workshop.path("program"))
        let first = try handmade.patch([("value", HandmadePatch.returning(2))])
        let second = try handmade.patch([("other", HandmadePatch.returning(3)), ("value", HandmadePatch.returning(3))])
        #expect(Patcher(first).apply(to: program.id).result == .done)
        #expect(
            Patcher(second).apply(to: program.id).result
                == .failed(.replacedByOther(function: "value", patch: first.id)))
        #expect(try program.ask("value") == "2")
        #expect(Reverter().revert(second.id, in: program.id).result == .skipped(.notPatched))
    }

    @Test func `a field that reaches from nowhere is refused with its symbol`() throws {
        let program = try RunningProgram(workshop.path("program"))
        let before = try everything(of: program.id)
        let patch = try handmade.patch(
            [("value", HandmadePatch.returning(2))],
            relocations: [LoadRelocation(offset: 1, kind: .relative32, target: 1 << 40, addend: 0, symbol: "far")])
        guard case .failed(.outOfReach("far", _)) = Patcher(patch).apply(to: program.id).result else {
            Issue.record("not refused")
            return
        }
        #expect(try everything(of: program.id) == before)
    }

    @Test func `a process under a debugger is refused`() throws {
        let program = try RunningProgram(workshop.path("program"))
        let patch = try handmade.patch([("value", HandmadePatch.returning(2))])
        let seized = DispatchSemaphore(value: 0)
        let done = DispatchSemaphore(value: 0)
        let leader = program.id.leader
        Thread.detachNewThread {
            let tracee = try? Tracee(seizing: leader)
            seized.signal()
            done.wait()
            _ = consume tracee
            seized.signal()
        }
        seized.wait()
        let report = Patcher(patch).apply(to: program.id)
        done.signal()
        seized.wait()
        guard case .failed(.traced(program.id, by: _)) = report.result else {
            Issue.record("\(report.result)")
            return
        }
        #expect(Patcher(patch).apply(to: program.id).result == .done)
    }

    @Test func `nothing and nobody, and this process itself`() throws {
        let patch = try handmade.patch([("value", HandmadePatch.returning(2))])
        let nobody = ProcessID(rawValue: .max)
        #expect(Patcher(patch).apply(to: nobody).result == .skipped(.exited))
        #expect(Reverter().revert(patch.id, in: nobody).result == .skipped(.exited))
        #expect(Patcher(patch).apply(to: .current).result == .skipped(.itself))
        // A kernel thread has no memory.
        #expect(Patcher(patch).apply(to: ProcessID(rawValue: 2)).result == .skipped(.targetNotUsed))
    }

    @Test func `every refusal has a text in both languages`() {
        let process = ProcessID(rawValue: 7)
        let address = RemoteAddress(0x1000)
        let errors: [PatchError] = [
            .noSuchProcess(process), .exited(process), .notPermitted(process), .targetNotMapped(BuildID(bytes: [1])),
            .mappedSeveralTimes(BuildID(bytes: [1]), count: 2), .executedAnotherProgram(process),
            .originalDiffers(function: "f", address: address, expected: [1], found: [2]),
            .outOfReach(symbol: "s", size: 1), .noRoomForStub(size: 1), .remoteCallFailed(name: "mmap", .noMemory),
            .noUsableThread(last: .seccomp), .traced(process, by: process.leader), .doesNotStop(process.leader),
            .threadsKeepStarting(process), .notLongMode(process.leader),
            .functionActive(function: "f", thread: process.leader, address: address),
            .stackUnknown(thread: process.leader, stackPointer: address),
            .verificationFailed(address: address, expected: [1], found: [2]),
            .notUndone(SystemError("write", .inputOutput)), .system(SystemError("write", .inputOutput)),
        ]
        for error in errors {
            #expect(!error.description.isEmpty)
            #expect(error.text.japanese?.isEmpty == false)
            #expect(error.text.japanese != error.text.english)
        }
    }
}
