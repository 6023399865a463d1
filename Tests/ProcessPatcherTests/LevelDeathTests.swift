// SPDX-License-Identifier: Apache-2.0

import Foundation
import LinuxSystem
import LivePatch
import ProcessPatcher
import Testing

/// The death of the patcher at any system call it makes on the way from one level to another.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct LevelDeathTests {
    let death: DeathTests
    let levels: [Patch]

    init() throws {
        death = try DeathTests()
        let handmade = try HandmadePatch(in: death.workshop)
        levels = [
            try handmade.patch(
                [("value", HandmadePatch.returning(1)), ("tick", [0xc3])], level: .of("a")),
            try handmade.patch(
                [("value", HandmadePatch.returning(2)), ("other", HandmadePatch.returning(20))], level: .of("ab")),
        ]
    }

    /// What the program answers at a level: `value` and `other`.
    private static let answers = [["1", "10"], ["2", "20"]]

    @Test(arguments: [(0, 1), (1, 0)])
    func `the next command finishes, goes back, or takes both out`(from: Int, to: Int) throws {
        let program = try RunningProgram(death.workshop.path("program"), ["epoll", "sleep", "sum", "call"])
        func patcher(_ level: Int) -> Patcher {
            Patcher(levels[level], patience: .seconds(30), allowsDowngrade: true)
        }
        func answers() throws -> [String] { [try program.ask("value"), try program.ask("other")] }
        let file = death.workshop.path("level.mend")
        try Data(try levels[to].artefact.encoded()).write(to: URL(filePath: file))
        // The two ways share the moments between them.
        var number = from
        while true {
            try #require(patcher(from).apply(to: program.id).result.holds)
            let arguments = ["apply", file, "--pid", "\(program.id)", "--allow-downgrade", "--yes", "--wait", "30"]
            guard try death.runTool(arguments, killedAt: number) else { break }
            #expect(["R", "S"].contains(try program.state), "killed at \(number)")
            switch number / 2 % 3 {
            case 0:
                #expect(patcher(to).apply(to: program.id).result.holds, "killed at \(number)")
                #expect(try answers() == Self.answers[to], "killed at \(number)")
            case 1:
                #expect(patcher(from).apply(to: program.id).result.holds, "killed at \(number)")
                #expect(try answers() == Self.answers[from], "killed at \(number)")
            default:
                for patch in levels.reversed() {
                    let reverted = Reverter(patience: .seconds(30)).revert(patch.id, in: program.id).result
                    #expect(reverted.holds || reverted == .skipped(.notPatched), "killed at \(number)")
                }
                #expect(try answers() == ["1", "10"], "killed at \(number)")
            }
            let states = try PatchedProcess(program.id)?.records.map(\.state) ?? []
            #expect(!states.contains(.switching), "killed at \(number)")
            number += 2
        }
        #expect(number > 40, "the tool was not killed often enough: \(number)")
        #expect(try answers() == Self.answers[to])
        #expect(try program.ask("state").hasSuffix("early 0 wrong 0"))
    }
}
