// SPDX-License-Identifier: Apache-2.0

import ELF
import LinuxSystem
import Testing

@testable import ProcessPatcher

/// Walks of real stacks by call frame information, and what is made of them.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct StackWalkTests {
    let workshop: Workshop

    init() throws {
        workshop = try Workshop()
        try workshop.buildTarget()
    }

    /// What a thread is at: its registers and its walk.
    struct Place {
        let registers: Registers
        let walk: StackWalk?
        let files: [LoadedFile]
    }

    /// Stops each thread of a process for a moment.
    func places(in process: ProcessID) throws -> [Place] {
        guard let view = try ProcessView(of: process, writable: false) else { throw PatchError.exited(process) }
        let files = try view.files()
        let frames = try CallFrames(of: files, in: view.memory)
        let alarm = try WaitAlarm()
        return try ProcessDirectory.threads(of: process).map { thread in
            var tracee = try Tracee(seizing: thread)
            #expect(try tracee.interrupt(within: alarm, .seconds(10)) == .interrupted)
            let registers = try thread.registers()
            return Place(
                registers: registers, walk: try StackWalk(from: registers, by: frames, view.memory), files: files)
        }
    }

    @Test(arguments: ["epoll", "sleep", "sum", "call", "wait", "vectors", "x87", "ticks", "stale"])
    func `every thread is walked from wherever it is to its first function`(work: String) throws {
        let program = try RunningProgram(workshop.path("program"), [work])
        for _ in 0..<20 {
            for place in try places(in: program.id) {
                let walk = try #require(place.walk, "at \(place.registers.instructionPointer)")
                #expect(!walk.returns.isEmpty)
                #expect(walk.known.first?.lowerBound == place.registers.stackPointer)
                #expect(walk.returns.allSatisfy { address in place.files.contains { $0.range.contains(address) } })
            }
        }
        #expect(try program.ask("state").hasSuffix("early 0 wrong 0"))
    }

    @Test func `a walk goes on below a signal handler, on the stack that was interrupted`() throws {
        let program = try RunningProgram(workshop.path("program"), ["handler"])
        let target = try ObjectFile(parsing: try workshop.bytes("libtarget.so"))
        let function = try #require(target.dynamicSymbols.first { $0.name == "waiting" })
        var isFound = false
        for _ in 0..<200 where !isFound {
            for place in try places(in: program.id) {
                guard let walk = place.walk, walk.interruptions.count == 1 else { continue }
                let library = try #require(place.files.first { $0.buildID == target.buildID })
                let start = library.address(of: function.value)
                #expect(walk.known.count == 2)
                #expect(walk.returns.contains { (start..<start.advanced(by: function.size)).contains($0) })
                isFound = true
            }
        }
        #expect(isFound)
    }

    @Test(arguments: [
        ["-static-pie"], ["-fomit-frame-pointer", "-Wl,-z,now"], ["-fno-omit-frame-pointer"],
    ])
    func `programs of all kinds are walked`(options: [String]) throws {
        try workshop.compile(Sources.library + "\n" + Sources.program, to: "alone", options)
        let program = try RunningProgram(workshop.path("alone"), ["epoll", "sum"])
        for place in try places(in: program.id) {
            #expect(place.walk?.returns.isEmpty == false)
        }
    }

    // A program that is static and not PIE has no index: its linker is not told to make one.
    @Test(arguments: [["-fno-asynchronous-unwind-tables", "-fno-unwind-tables"], ["-static"]])
    func `without call frame information, or its index, there is no walk`(options: [String]) throws {
        try workshop.compile(Sources.library + "\n" + Sources.program, to: "bare", options)
        let program = try RunningProgram(workshop.path("bare"), ["epoll"])
        for place in try places(in: program.id) {
            #expect(place.walk == nil)
        }
    }

    @Test func `a stale word in a frame is no reason to refuse`() throws {
        let program = try RunningProgram(workshop.path("program"), ["stale", "stale", "epoll"])
        let patch = try HandmadePatch(in: workshop).patch([("waiting", [0x31, 0xc0, 0xff, 0xc8, 0xc3])])
        let report = Patcher(patch, patience: .zero).apply(to: program.id)
        #expect(report.result == .done)
        #expect(report.attempts == 2, "the first attempt takes the word for a return address")
        #expect(Reverter(patience: .zero).revert(patch.id, in: program.id).result == .done)
        #expect(try program.ask("state") == "interrupted 0 early 0 wrong 0")
    }

    @Test func `parts of a stack that are known are left out`() {
        func range(_ start: UInt64, _ end: UInt64) -> Range<RemoteAddress> { RemoteAddress(start)..<RemoteAddress(end) }
        #expect(StackReader.parts(of: range(8, 64), besides: []) == [range(8, 64)])
        #expect(StackReader.parts(of: range(8, 64), besides: [range(8, 32)]) == [range(32, 64)])
        #expect(StackReader.parts(of: range(8, 64), besides: [range(16, 24)]) == [range(8, 16), range(24, 64)])
        #expect(StackReader.parts(of: range(8, 64), besides: [range(80, 96), range(0, 8)]) == [range(8, 64)])
        #expect(StackReader.parts(of: range(8, 64), besides: [range(0, 99)]) == [])
    }
}
