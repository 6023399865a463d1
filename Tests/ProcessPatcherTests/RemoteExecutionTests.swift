// SPDX-License-Identifier: Apache-2.0

import Foundation
import LinuxSystem
import Testing

@testable import ProcessPatcher

/// The stub, run in threads that do all kinds of things.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct RemoteExecutionTests {
    let workshop: Workshop

    init() throws {
        workshop = try Workshop()
        try workshop.buildTarget()
    }

    func view(of process: ProcessID) throws -> ProcessView {
        guard let view = try ProcessView(of: process, writable: true) else { throw PatchError.exited(process) }
        return view
    }

    /// Makes one thread map a page somewhere.
    func mapPage(in process: ProcessID, near address: UInt64) throws -> Range<RemoteAddress> {
        let view = try view(of: process)
        let page = RemoteAddress(address)..<RemoteAddress(address + 4096)
        let calls = [RemoteCall.reserve(page), .makeExecutable(page), .name(page, as: RemoteAddress(0))]
        let files = try view.files()
        let room = try #require(try StubRoom.find(Stub.maximalSize(of: calls), in: files, of: view.memory))
        var execution = RemoteExecution(calls, name: "test", in: room)
        #expect(try execution.run(in: view.memory) > .zero)
        #expect(try view.memory.read(Stub.maximalSize(of: calls), at: room).allSatisfy { $0 == 0 }, "the stub is gone")
        return page
    }

    @Test(arguments: ["epoll", "sleep", "sum", "call", "wait"])
    func `memory is mapped, and the thread notices nothing`(work: String) throws {
        let program = try RunningProgram(workshop.path("program"), [work])
        for round in 0..<40 as Range<UInt64> {
            let page = try mapPage(in: program.id, near: 0x1000_0000_0000 + round * 0x10000)
            let mapping = try #require(try MemoryMap(of: program.id).mapping(containing: page.lowerBound))
            #expect(mapping.range == page)
            #expect(mapping.permissions == [.read, .execute])
        }
        #expect(try program.ask("state") == "interrupted 0 early 0 wrong 0")
        #expect(try program.ask("value") == "1")
    }

    @Test func `an address that is taken is refused, and no later call is made`() throws {
        let program = try RunningProgram(workshop.path("program"), ["epoll"])
        let page = try mapPage(in: program.id, near: 0x1000_0000_0000)
        let before = try MemoryMap(of: program.id)
        let error = #expect(throws: PatchError.self) { try mapPage(in: program.id, near: page.lowerBound.rawValue) }
        #expect(error == .remoteCallFailed(name: "mmap", .exists))
        #expect(try MemoryMap(of: program.id).mappings.map(\.range) == before.mappings.map(\.range))
        #expect(try program.ask("state") == "interrupted 0 early 0 wrong 0")
    }

    @Test func `what a killed patcher has left is passed by, and cleared by the next switch`() throws {
        let program = try RunningProgram(workshop.path("program"), ["epoll"])
        let view = try view(of: program.id)
        let files = try view.files()
        let room = try #require(try StubRoom.find(200, in: files, of: view.memory))
        let left = Stub([RemoteCall.unmap(room..<room)], leavingWith: Registers())
        try view.memory.write(left.bytes, at: room)
        let next = try #require(try StubRoom.find(200, in: files, of: view.memory))
        #expect(next >= room.advanced(by: UInt64(left.bytes.count)))
        #expect(
            try StubRoom.leftovers(in: files, of: view.memory) == [
                room..<room.advanced(by: UInt64(left.bytes.count))
            ])
        let patch = try HandmadePatch(in: workshop).patch([("value", HandmadePatch.returning(2))])
        #expect(Patcher(patch).apply(to: program.id).result == .done)
        #expect(try StubRoom.leftovers(in: files, of: view.memory) == [])
    }

    @Test func `text is written through a thread where the kernel allows no other way`() throws {
        let program = try RunningProgram(workshop.path("program"), ["epoll"])
        let view = try view(of: program.id)
        let room = try #require(try StubRoom.find(64, in: try view.files(), of: view.memory))
        var tracee = try Tracee(seizing: program.id.leader)
        #expect(try tracee.interrupt(within: WaitAlarm(), .seconds(1)) == .interrupted)
        for offset in 0..<16 as Range<UInt64> {
            let bytes = (0..<(offset + 1)).map { UInt8($0 + 1) }
            try CodeWriter.poke(bytes, at: room.advanced(by: offset), of: view.memory, through: tracee.thread)
            let expected = [UInt8](repeating: 0, count: Int(offset)) + bytes + [0, 0, 0, 0, 0, 0, 0, 0]
            #expect(try view.memory.read(expected.count, at: room) == expected)
            try view.memory.write([UInt8](repeating: 0, count: 64), at: room)
        }
    }

    @Test(
        arguments: [
            (-512, 7, 7, true), (-513, 7, 7, true), (-514, 7, 7, true), (-516, 35, 219, true), (-4, 232, 232, true),
            (-4, 3, -4, false), (0, 1, 0, false), (-512, -1, -512, false), (-4, -1, -4, false), (5, -1, 5, false),
        ] as [(Int64, Int64, Int64, Bool)])
    func `an interrupted call is gone on with as the kernel does`(
        result: Int64, call: Int64, resumed: Int64, stepsBack: Bool
    ) {
        var registers = Registers()
        registers.instructionPointer = RemoteAddress(0x1002)
        registers.result = result
        registers.systemCall = call
        let after = InterruptedCall.resumed(registers)
        #expect(after.result == resumed)
        #expect(after.instructionPointer == RemoteAddress(stepsBack ? 0x1000 : 0x1002))
    }

    @Test(
        arguments: [
            // poll; gone on with before; the same, by code that does not tell its number; a call begun anew in any case.
            (-516, 7, [], -514, 7), (-516, 219, [0xb8, 7, 0, 0, 0, 0x0f, 0x05], -514, 7),
            (-516, 219, [0xb8, 230, 0, 0, 0, 0x0f, 0x05], -514, 230), (-516, 219, [], -4, 219),
            (-516, 219, [0xb8, 3, 0, 0, 0, 0x0f, 0x05], -4, 219), (-516, 219, [0x31, 7, 0, 0, 0, 0x0f, 0x05], -4, 219),
            (-512, 0, [], -512, 0), (-516, -1, [0xb8, 7, 0, 0, 0, 0x0f, 0x05], -516, -1),
        ] as [(Int64, Int64, [UInt8], Int64, Int64)])
    func `a call of which the kernel has forgotten where to go on begins anew`(
        result: Int64, call: Int64, code: [UInt8], resultAfter: Int64, callAfter: Int64
    ) {
        var registers = Registers()
        registers.result = result
        registers.systemCall = call
        let after = InterruptedCall.withoutRestartBlock(registers, after: code)
        #expect(after.result == resultAfter)
        #expect(after.systemCall == callAfter)
    }
}
