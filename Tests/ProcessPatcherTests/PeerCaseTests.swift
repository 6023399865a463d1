// SPDX-License-Identifier: Apache-2.0

import ELF
import Foundation
import LinuxSystem
import LivePatch
import ProcessPatcher
import Testing

/// Cases that other engines' tests name; docs/peer-cases.md has the table.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct PeerCaseTests {
    let workshop: Workshop
    let library: HandmadePatch

    init() throws {
        workshop = try Workshop()
        try workshop.compile(Sources.library, to: "libother.so", ["-fPIC", "-shared"])
        try workshop.compile(Sources.peerLibrary, to: "libpeer.so", ["-fPIC", "-shared", "-Wl,-soname,libpeer.so"])
        try workshop.compile(
            Sources.peerProgram, to: "program", ["-L\(workshop.path(""))", "-lpeer", "-Wl,-rpath,\(workshop.path(""))"])
        library = try HandmadePatch(for: "libpeer.so", in: workshop)
    }

    func start(_ arguments: String...) throws -> RunningProgram {
        try RunningProgram(workshop.path("program"), arguments)
    }

    /// `mov (%rdi), %eax; test %eax, %eax; jne` back to the first; `ret`.
    static let spinningToo: [UInt8] = [0x8b, 0x07, 0x85, 0xc0, 0x75, 0xfa, 0xc3]

    func expectActive(_ report: ProcessReport, _ function: String) {
        guard case .failed(.functionActive(function, _, _)) = report.result else {
            Issue.record("\(report.result)")
            return
        }
    }

    @Test func `the innermost function of a thread that never leaves it is refused`() throws {
        let program = try start("spin")
        let patch = try library.patch([("spinning", Self.spinningToo)])
        #expect(try program.ask("spin") == "spinning")
        expectActive(Patcher(patch, patience: .milliseconds(50)).apply(to: program.id), "spinning")
        #expect(try program.ask("calm") == "calm")
        #expect(Patcher(patch, patience: .seconds(20)).apply(to: program.id).result == .done)
    }

    @Test func `a patch that a thread never leaves is not taken out`() throws {
        let program = try start("spin")
        let patch = try library.patch([("spinning", Self.spinningToo)])
        #expect(Patcher(patch, patience: .seconds(20)).apply(to: program.id).result == .done)
        #expect(try program.ask("spin") == "spinning")
        expectActive(Reverter(patience: .milliseconds(50)).revert(patch.id, in: program.id), "spinning")
        #expect(try program.ask("calm") == "calm")
        #expect(Reverter(patience: .seconds(20)).revert(patch.id, in: program.id).result == .done)
    }

    @Test func `a function in the middle of calls of itself is refused`() throws {
        let program = try start("recurse")
        let patch = try library.patch([("nested", HandmadePatch.returning(22))])
        expectActive(Patcher(patch, patience: .milliseconds(50)).apply(to: program.id), "nested")
        for _ in 0..<3 { #expect(try program.ask("up") == "1") }
        #expect(try program.ask("wrong") == "0")
    }

    @Test func `a program and its library are patched, each by its own patch`() throws {
        let program = try start()
        let own = try HandmadePatch(for: "program", in: workshop).patch([("own", HandmadePatch.returning(2))])
        let other = try library.patch([("crossing", HandmadePatch.returning(3))])
        #expect(Patcher(own).apply(to: program.id).result == .done)
        #expect(Patcher(other).apply(to: program.id).result == .done)
        #expect(try program.ask("own") == "2")
        #expect(try program.ask("crossing") == "3")
        #expect(Reverter().revert(own.id, in: program.id).result == .done)
        #expect(try program.ask("own") == "1")
        #expect(try program.ask("crossing") == "3")
        #expect(Reverter().revert(other.id, in: program.id).result == .done)
        #expect(try program.ask("crossing") == "1")
    }

    @Test func `an entry may lie in two pages`() throws {
        let address = try library.symbol("crossing").value
        try #require(address % 4096 > 4091)
        let program = try start()
        let patch = try library.patch([("crossing", HandmadePatch.returning(2))])
        for _ in 0..<5 {
            #expect(Patcher(patch).apply(to: program.id).result == .done)
            #expect(try program.ask("crossing") == "2")
            #expect(Reverter().revert(patch.id, in: program.id).result == .done)
            #expect(try program.ask("crossing") == "1")
        }
    }

    @Test(
        arguments: [
            ([0x89, 0xf8], "1"), ([0x44, 0x89, 0xc8], "6"), ([0x8b, 0x44, 0x24, 0x08], "7"),
            ([0xf2, 0x0f, 0x2c, 0xc7], "8"), ([0xf2, 0x0f, 0x2c, 0x44, 0x24, 0x10], "9"),
        ] as [([UInt8], String)])
    func `arguments arrive, in registers and on the stack`(code: [UInt8], value: String) throws {
        let program = try start()
        // mov %edi, %r9d or 8(%rsp), cvttsd2si %xmm7 or 16(%rsp), each to %eax.
        let patch = try library.patch([("many", code + [0xc3])])
        #expect(try program.ask("many") == "73")
        #expect(Patcher(patch).apply(to: program.id).result == .done)
        #expect(try program.ask("many") == value)
    }

    @Test func `threads may be in malloc and in dlopen`() throws {
        let program = try start("allocate", "allocate", workshop.path("libother.so"), workshop.path("libother.so"))
        let patch = try library.patch([("crossing", HandmadePatch.returning(2))], data: [1])
        for _ in 0..<25 {
            #expect(Patcher(patch, patience: .seconds(30)).apply(to: program.id).result == .done)
            #expect(try program.ask("crossing") == "2")
            #expect(Reverter(patience: .seconds(30)).revert(patch.id, in: program.id).result == .done)
        }
        #expect(try program.ask("wrong") == "0")
    }

    @Test func `a function that a coroutine is in goes on as it was, before and after the way back`() throws {
        let program = try start()
        let patch = try library.patch([("through", HandmadePatch.returning(6))])
        // No thread is on the coroutine's stack: nobody sees it. Old code stays where it was but for the entry.
        #expect(try program.ask("enter") == "suspended")
        #expect(Patcher(patch).apply(to: program.id).result == .done)
        #expect(try program.ask("resume") == "5")
        #expect(try program.ask("enter") == "suspended")
        #expect(try program.ask("resume") == "6")
        #expect(Reverter().revert(patch.id, in: program.id).result == .done)
        #expect(try program.ask("enter") == "suspended")
        #expect(try program.ask("resume") == "5")
    }

    @Test func `a patch that a coroutine is in keeps its memory until the coroutine has left`() throws {
        // sub $8, %rsp; call *%rdi; mov $result, %eax; add $8, %rsp; ret
        func calling(_ result: UInt8) -> [UInt8] {
            [0x48, 0x83, 0xec, 8, 0xff, 0xd7, 0xb8, result, 0, 0, 0, 0x48, 0x83, 0xc4, 8, 0xc3]
        }
        let program = try start()
        let first = try library.patch([("through", calling(6))], level: .of("a"))
        let second = try library.patch([("through", calling(7))], level: .of("ab"))
        #expect(Patcher(first).apply(to: program.id).result == .done)
        #expect(try program.ask("enter") == "suspended")
        let report = Patcher(second).apply(to: program.id)
        #expect(report.result == .done && report.replacedLevel == 1)
        #expect(report.freed == 0, "the coroutine returns there")
        #expect(try program.ask("resume") == "6")
        #expect(try program.ask("enter") == "suspended")
        #expect(Reverter().revert(second.id, in: program.id).result == .done)
        #expect(try program.ask("resume") == "7")
    }

    @Test func `the parent of a process sees no stop of it`() throws {
        let program = try start()
        let child = ProcessID(rawValue: try #require(Int32(try program.ask("child"))))
        defer { kill(child.rawValue, SIGKILL) }
        let patch = try HandmadePatch(for: "program", in: workshop).patch([("own", HandmadePatch.returning(2))])
        for _ in 0..<10 {
            #expect(Patcher(patch).apply(to: child).result == .done)
            #expect(Reverter().revert(patch.id, in: child).result == .done)
        }
        #expect(try program.ask("stops") == "0 0")
    }
}
