// SPDX-License-Identifier: Apache-2.0

import LinuxSystem
import LivePatch
import ProcessPatcher
import Testing

/// From one level to another in a process that runs.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct LevelSwitchTests {
    let workshop: Workshop
    let handmade: HandmadePatch

    init() throws {
        workshop = try Workshop()
        try workshop.buildTarget()
        handmade = try HandmadePatch(in: workshop)
    }

    /// A level in which `value` counts in a variable that begins with 7.
    func counting(
        by increment: UInt8, _ fixes: String, more: [(function: String, code: [UInt8])] = [],
        holding memory: [Manifest.HeldMemory]? = [], variables: [Manifest.Datum] = [HandmadePatch.variable()]
    ) throws -> Patch {
        try handmade.patch(
            [("value", HandmadePatch.counting(by: increment))] + more, data: [7, 0, 0, 0],
            relocations: [HandmadePatch.reference()],
            level: .of(fixes, variables: variables, holding: memory))
    }

    func records(_ program: RunningProgram) throws -> [ResidentRecord] {
        try PatchedProcess(program.id)?.records ?? []
    }

    @Test func `levels follow each other, and a variable keeps its value and its place`() throws {
        let program = try RunningProgram(workshop.path("program"), ["epoll", "sleep", "sum"])
        let first = try counting(by: 1, "a")
        let third = try counting(by: 10, "abc", more: [("other", HandmadePatch.returning(20))])
        let second = try counting(by: 2, "ab")

        #expect(Patcher(first).apply(to: program.id).result == .done)
        #expect(try program.ask("value") == "8")
        let variables = try #require(try records(program).first).variables

        let up = Patcher(third).apply(to: program.id)
        #expect(up.result == .done)
        #expect(up.replacedLevel == 1)
        #expect(try program.ask("value") == "18")
        #expect(try program.ask("other") == "20")
        #expect(try records(program).first { $0.patch == third.id }?.variables == variables)

        #expect(Patcher(second).apply(to: program.id).result == .failed(.holdsNewerLevel(3, patch: third.id)))
        let down = Patcher(second, allowsDowngrade: true).apply(to: program.id)
        #expect(down.result == .done)
        #expect(down.replacedLevel == 3)
        #expect(try program.ask("value") == "20")
        #expect(try program.ask("other") == "10", "level 2 does not replace it")

        #expect(Reverter().revert(second.id, in: program.id).result == .done)
        #expect(try program.ask("value") == "1")
        #expect(try program.ask("state") == "interrupted 0 early 0 wrong 0")
    }

    @Test func `levels go back and forth without needing more memory`() throws {
        let program = try RunningProgram(workshop.path("program"), ["epoll"])
        let first = try counting(by: 1, "a")
        let second = try counting(by: 1, "ab")
        var count = 7
        var sizes: Set<UInt64> = []
        for round in 0..<20 {
            for patch in [first, second] {
                #expect(Patcher(patch, allowsDowngrade: true).apply(to: program.id).result == .done)
                count += 1
                #expect(try program.ask("value") == "\(count)")
            }
            if round > 0 { sizes.insert(try memory(program)) }
        }
        #expect(sizes.count == 1)
    }

    func memory(_ program: RunningProgram) throws -> UInt64 {
        try MemoryMap(of: program.id).mappings.filter { $0.name != "[heap]" }.reduce(0) { $0 + $1.range.size }
    }

    @Test func `the memory of a level is given back once nothing leads there`() throws {
        let program = try RunningProgram(workshop.path("program"), ["epoll", "wait"])
        let before = try memory(program)
        func level(_ fixes: String, _ memory: [Manifest.HeldMemory]?) throws -> Patch {
            try handmade.patch(
                [("value", HandmadePatch.returning(UInt8(fixes.count + 1)))], level: .of(fixes, holding: memory))
        }
        let levels = [try level("a", []), try level("ab", [.constants]), try level("abc", []), try level("abcd", nil)]
        for patch in levels { try #require(Patcher(patch).apply(to: program.id).result == .done) }
        #expect(try program.ask("value") == "5")
        // The first was given back at once, the second one command later, the third at once.
        #expect(try records(program).map(\.patch) == [levels[3].id])
        #expect(try memory(program) == before + records(program)[0].region.size)
    }

    @Test func `the memory of a level stays while the process keeps an address in it`() throws {
        let program = try RunningProgram(workshop.path("program"), ["epoll"])
        let first = try handmade.patch([("value", HandmadePatch.returning(2))], level: .of("a"))
        let second = try handmade.patch([("value", HandmadePatch.returning(3))], level: .of("ab"))
        #expect(Patcher(first).apply(to: program.id).result == .done)
        let address = try #require(try records(program).first).patchBase
        #expect(try program.ask("keep \(address)") == "kept")
        let report = Patcher(second).apply(to: program.id)
        #expect(report.result == .done)
        #expect(report.freed == 0)
        #expect(try Set(records(program).map(\.state)) == [.applied, .superseded])
        #expect(try program.ask("keep 0") == "kept")
        let later = Patcher(second).apply(to: program.id)
        #expect(later.result == .already)
        #expect(later.freed > 0)
        #expect(try records(program).map(\.patch) == [second.id])
    }

    @Test func `a thread in the old level's code is waited for`() throws {
        let program = try RunningProgram(workshop.path("program"))
        // waiting: push %rbx; mov %edi, %ebx; (pause; jmp back while %ebx is…) is not to be left: an endless loop.
        let first = try handmade.patch([("tick", [0xf3, 0x90, 0xeb, 0xfc])], level: .of("a"))
        let second = try handmade.patch([("tick", [0xc3])], level: .of("ab"))
        let busy = try RunningProgram(workshop.path("program"), ["ticks"])
        #expect(Patcher(first, patience: .seconds(30)).apply(to: busy.id).result == .done)
        _ = try busy.ask("value")
        var report = Patcher(second, patience: .milliseconds(50)).apply(to: busy.id)
        // It is on its way into the loop for a moment only.
        for _ in 0..<100 where report.result == .done {
            report = Patcher(second, patience: .milliseconds(50)).apply(to: busy.id)
        }
        guard case .failed(.functionActive("tick", _, _)) = report.result else {
            Issue.record("\(report.result)")
            return
        }
        #expect(try records(busy).map(\.state) == [.applied])
        #expect(Patcher(first).apply(to: program.id).result == .done)
        #expect(Patcher(second).apply(to: program.id).result == .done)
    }

    @Test func `patches with fixes of their own are no levels of each other`() throws {
        let program = try RunningProgram(workshop.path("program"))
        let one = try handmade.patch([("value", HandmadePatch.returning(2))], level: .of("a"))
        let two = try handmade.patch([("other", HandmadePatch.returning(20))], level: .of("b"))
        let both = try handmade.patch(
            [("value", HandmadePatch.returning(3)), ("other", HandmadePatch.returning(30))], level: .of("ab"))
        let rival = try handmade.patch([("value", HandmadePatch.returning(4))], level: .of("cd"))
        #expect(Patcher(one).apply(to: program.id).result == .done)
        #expect(Patcher(two).apply(to: program.id).result == .done)
        #expect(try program.ask("value") == "2")
        #expect(try program.ask("other") == "20")
        #expect(
            Patcher(rival).apply(to: program.id).result == .failed(.replacedByOther(function: "value", patch: one.id)))
        #expect(Patcher(both).apply(to: program.id).result == .done)
        #expect(try program.ask("value") == "3")
        #expect(try program.ask("other") == "30")
        #expect(try records(program).map(\.patch) == [both.id])
        #expect(Reverter().revert(both.id, in: program.id).result == .done)
        #expect(try program.ask("other") == "10")
    }

    @Test func `what the next level cannot take over is refused, and the process is as it was`() throws {
        let program = try RunningProgram(workshop.path("program"))
        #expect(Patcher(try counting(by: 1, "a")).apply(to: program.id).result == .done)
        let before = try RefusalTests().everything(of: program.id)
        let resized = try counting(by: 1, "ab", variables: [HandmadePatch.variable(size: 8)])
        #expect(
            Patcher(resized).apply(to: program.id).result
                == .failed(.variableResized(name: "counter", from: 4, to: 8)))
        let twice = try counting(
            by: 1, "ab", variables: [HandmadePatch.variable(), HandmadePatch.variable(at: 4104)])
        #expect(Patcher(twice).apply(to: program.id).result == .failed(.variableAmbiguous(name: "counter")))
        let leading = try handmade.patch(
            [("value", HandmadePatch.counting(by: 1))], data: [7, 0, 0, 0],
            relocations: [
                HandmadePatch.reference(), LoadRelocation(offset: 4096, kind: .absolute32, patchOffset: 0),
            ], level: .of("ab", variables: [HandmadePatch.variable()]))
        #expect(Patcher(leading).apply(to: program.id).result == .failed(.variableLeads(name: "counter")))
        #expect(try RefusalTests().everything(of: program.id) == before)
        #expect(try program.ask("value") == "8")
    }

    @Test func `static variables of one name are told by the functions that use them`() throws {
        let program = try RunningProgram(workshop.path("program"))
        let first = try counting(
            by: 1, "a", variables: [HandmadePatch.variable(), HandmadePatch.variable(at: 4104, usedBy: ["other"])])
        // In the next level the two have changed places.
        let second = try handmade.patch(
            [("value", HandmadePatch.counting(by: 10))], data: [7, 0, 0, 0],
            relocations: [HandmadePatch.reference(to: 4104)],
            level: .of(
                "ab", variables: [HandmadePatch.variable(usedBy: ["other"]), HandmadePatch.variable(at: 4104)]))
        #expect(Patcher(first).apply(to: program.id).result == .done)
        #expect(try program.ask("value") == "8")
        #expect(Patcher(second).apply(to: program.id).result == .done)
        #expect(try program.ask("value") == "18")
    }

    @Test func `a child has the level of its parent, tells it, and goes its own way`() throws {
        let program = try RunningProgram(workshop.path("program"), ["epoll"])
        let first = try counting(by: 1, "a")
        let second = try counting(by: 1, "ab")
        #expect(Patcher(first).apply(to: program.id).result == .done)
        let child = ProcessID(rawValue: try #require(Int32(try program.ask("stay"))))
        let found = try #require(try PatchedProcess(child))
        #expect(found.records.map(\.patch) == [first.id])
        #expect(found.records.map(\.manifest.level) == [1])
        #expect(Patcher(second, patience: .seconds(30)).apply(to: child).result == .done)
        #expect(try PatchedProcess(child)?.records.first { $0.state == .applied }?.manifest.level == 2)
        #expect(try records(program).map(\.patch) == [first.id], "the parent is another process")
        #expect(Reverter(patience: .seconds(30)).revert(second.id, in: child).result == .done)
        #expect(try program.ask("value") == "8")
    }
}
