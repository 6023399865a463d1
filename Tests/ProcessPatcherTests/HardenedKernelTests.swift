// SPDX-License-Identifier: Apache-2.0

import Foundation
import LinuxSystem
import LivePatch
import ProcessPatcher
import Testing

/// The tool where the kernel lets only a tracer write to code.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct HardenedKernelTests {
    let workshop: Workshop

    init() throws {
        workshop = try Workshop()
        try workshop.buildTarget()
        try workshop.compile(Sources.hardened, to: "hardened")
    }

    /// Runs the tool in that world.
    func run(_ arguments: String...) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(filePath: workshop.path("hardened"))
        process.arguments = [Built.tool.path(percentEncoded: false)] + arguments
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationReason == .exit ? process.terminationStatus : -1
    }

    @Test(arguments: [["epoll"], ["epoll", "sleep", "sum", "call", "wait"]])
    func `everything is written through a stopped thread, which notices nothing`(threads: [String]) throws {
        let program = try RunningProgram(workshop.path("program"), threads)
        let handmade = try HandmadePatch(in: workshop)
        let first = workshop.path("first.mend")
        let second = workshop.path("second.mend")
        let value = ("value", HandmadePatch.returning(2))
        let both = [value, ("other", HandmadePatch.returning(20))]
        for (file, functions, fixes) in [(first, [value], "a"), (second, both, "ab")] {
            let patch = try handmade.patch(functions, data: [1], level: .of(fixes))
            try Data(try patch.artefact.encoded()).write(to: URL(filePath: file))
        }
        for _ in 0..<3 {
            #expect(try run("apply", first, "--pid", "\(program.id)") == 0)
            #expect(try program.ask("value") == "2")
            #expect(try run("apply", second, "--pid", "\(program.id)") == 0)
            #expect(try program.ask("other") == "20")
            #expect(try run("revert", second, "--pid", "\(program.id)") == 0)
            #expect(try program.ask("value") == "1")
        }
        let state = try program.ask("state")
        #expect(state == "interrupted 0 early 0 wrong 0")
    }
}
