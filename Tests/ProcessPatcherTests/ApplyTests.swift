// SPDX-License-Identifier: Apache-2.0

import ELF
import LinuxSystem
import LivePatch
import ProcessPatcher
import Testing

@Suite(.serialized, .timeLimit(.minutes(10)))
struct ApplyTests {
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

    @Test(arguments: [[], ["call"], ["call", "epoll", "sleep", "sum", "wait"]])
    func `a function is replaced, and back again, and again`(threads: [String]) throws {
        let program = try RunningProgram(workshop.path("program"), threads)
        let patch = try handmade.patch([("value", HandmadePatch.returning(2))])
        for _ in 0..<3 {
            #expect(try program.ask("value") == "1")
            let applied = Patcher(patch).apply(to: program.id)
            #expect(applied.result == .done)
            #expect(applied.functions == ["value"])
            #expect(applied.pause > .zero)
            #expect(applied.name == "program")
            #expect(try program.ask("value") == "2")
            #expect(Patcher(patch).apply(to: program.id).result == .already)
            #expect(Reverter().revert(patch.id, in: program.id).result == .done)
            #expect(Reverter().revert(patch.id, in: program.id).result == .already)
        }
        #expect(try program.ask("value") == "1")
        #expect(try program.ask("state") == "interrupted 0 early 0 wrong 0")
    }

    @Test func `several functions are replaced at once, and data of the patch and of the target are used`() throws {
        let program = try start()
        // value: lea counter(%rip), %rdx; incl (%rdx); mov (%rdx), %eax; ret
        let value: [UInt8] = [0x48, 0x8d, 0x15, 0xf9, 0x0f, 0, 0, 0xff, 0x02, 0x8b, 0x02, 0xc3]
        // other: mov pointer(%rip), %rax; mov (%rax), %eax; ret
        let other: [UInt8] = [0x48, 0x8b, 0x05, 0xc1, 0x0f, 0, 0, 0x8b, 0x00, 0xc3]
        let answer = try handmade.symbol("answer")
        let patch = try handmade.patch(
            [("value", value), ("other", other)], data: [7, 0, 0, 0, 0, 0, 0, 0] + [UInt8](repeating: 0, count: 8),
            relocations: [
                LoadRelocation(
                    offset: 4096 + 8, kind: .absolute64, target: answer.value, addend: 0, symbol: "answer")
            ])
        #expect(Patcher(patch).apply(to: program.id).result == .done)
        #expect(try program.ask("value") == "8")
        #expect(try program.ask("value") == "9")
        #expect(try program.ask("other") == "40")
        #expect(Reverter().revert(patch.id, in: program.id).result == .done)
        #expect(try program.ask("other") == "10")
        #expect(Patcher(patch).apply(to: program.id).result == .done)
        #expect(try program.ask("value") == "8", "data begins anew")
    }

    @Test func `a patched process tells what is in it, and so does its child`() throws {
        let program = try start("epoll")
        let patch = try handmade.patch([("value", HandmadePatch.returning(2)), ("other", HandmadePatch.returning(20))])
        #expect(try PatchedProcess(program.id) == nil)
        #expect(Patcher(patch).apply(to: program.id).result == .done)
        let found = try #require(try PatchedProcess(program.id))
        #expect(found.name == "program")
        #expect(found.records.map(\.patch) == [patch.id])
        #expect(found.records.map(\.state) == [.applied])
        #expect(found.records.first?.manifest == patch.artefact.manifest)
        #expect(try PatchedProcess.all().patched.contains(found))
        #expect(try program.ask("fork") == "2")
    }

    @Test func `memory is never writable and executable, and reverting leaves the text as it was`() throws {
        let program = try start("call")
        let patch = try handmade.patch([("value", HandmadePatch.returning(2))], data: [1])
        let before = try text(of: program.id)
        #expect(Patcher(patch).apply(to: program.id).result == .done)
        #expect(try text(of: program.id) != before)
        let both: Mapping.Permissions = [.write, .execute]
        #expect(try MemoryMap(of: program.id).mappings.allSatisfy { !$0.permissions.isSuperset(of: both) })
        #expect(Reverter().revert(patch.id, in: program.id).result == .done)
        #expect(try text(of: program.id) == before)
    }

    @Test func `processes are found by build ID, also when the file is gone`() throws {
        let program = try start()
        let buildID = try #require(handmade.target.buildID)
        // Other tests run the same library meanwhile.
        try #require(try Discovery.users(of: buildID).processes.contains(program.id))
        try FileManagerFacade.remove(workshop.path("libtarget.so"))
        #expect(try Discovery.users(of: buildID).processes.contains(program.id))
        let patch = try handmade.patch([("value", HandmadePatch.returning(2))])
        #expect(Patcher(patch).apply(to: program.id).result == .done)
        #expect(try program.ask("value") == "2")
    }

    @Test(arguments: [["-static"], ["-static-pie"], ["-no-pie"], ["-pie"]])
    func `a function of the program itself is replaced`(link: [String]) throws {
        try workshop.compile(Sources.library + "\n" + Sources.program, to: "alone", link)
        let program = try RunningProgram(workshop.path("alone"), ["epoll"])
        let patch = try HandmadePatch(for: "alone", in: workshop).patch([("value", HandmadePatch.returning(2))])
        #expect(Patcher(patch).apply(to: program.id).result == .done)
        #expect(try program.ask("value") == "2")
        #expect(Reverter().revert(patch.id, in: program.id).result == .done)
        #expect(try program.ask("value") == "1")
    }

    /// The target's executable memory.
    private func text(of process: ProcessID) throws -> [[UInt8]] {
        let memory = try ProcessMemory(of: process, writable: false)
        return try MemoryMap(of: process).mappings.filter(\.isExecutableFile).map {
            try memory.read(Int($0.range.size), at: $0.range.lowerBound)
        }
    }
}
