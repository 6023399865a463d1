// SPDX-License-Identifier: Apache-2.0

import Foundation
import LinuxSystem
import LivePatch
import ProcessPatcher
import Testing

/// Patches for two libraries come and go at one instant, or not at all.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct JointSwitchTests {
    let workshop: Workshop
    let death: DeathTests
    let patches: [Patch]

    private static let library = """
        __attribute__((noipa)) int NAME(int x) { static int calls; calls += x; return x ? calls * 3 : 1; }
        """

    /// Threads call the first library and then the second, so that the second must never be older than the first.
    private static let program = """
        #include <pthread.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        #include <unistd.h>
        extern int first(int), second(int);
        static volatile int mixed, rounds;
        static void *check(void *unused) {
            for (;;) {
                int one = first(0), two = second(0), again = first(0);
                if (one == again && one != two) mixed++;
                rounds++;
            }
            return unused;
        }
        static void *idle(void *unused) { for (;;) pause(); return unused; }
        int main(int count, char **arguments) {
            char line[64]; pthread_t thread;
            setvbuf(stdout, 0, _IOLBF, 0);
            pthread_create(&thread, 0, idle, 0);
            for (int i = count > 1 ? atoi(arguments[1]) : 0; i > 0; i--) pthread_create(&thread, 0, check, 0);
            puts("ready");
            while (fgets(line, sizeof line, stdin)) {
                if (line[0] == 'v') printf("%d %d\\n", first(0), second(0));
                else printf("mixed %d\\n", rounds > 1000 ? mixed : (usleep(200000), mixed));
            }
            return 0;
        }
        """

    init() throws {
        death = try DeathTests()
        workshop = death.workshop
        var patches: [[Patch]] = []
        for name in ["first", "second"] {
            let file = "lib\(name).so"
            try workshop.compile(
                Self.library.replacing("NAME", with: name), to: file, ["-fPIC", "-shared", "-Wl,-soname,\(file)"])
            let handmade = try HandmadePatch(for: file, in: workshop)
            patches.append([
                try handmade.patch([(name, HandmadePatch.returning(2))], level: .of("a")),
                try handmade.patch([(name, HandmadePatch.returning(3))], level: .of("ab")),
            ])
        }
        try workshop.compile(
            Self.program, to: "both",
            ["-L\(workshop.path(""))", "-lfirst", "-lsecond", "-Wl,-rpath,\(workshop.path(""))"])
        self.patches = patches[0] + patches[1]
    }

    private func patcher(_ level: Int, patience: Duration = .seconds(30)) -> JointPatcher {
        func one(_ patch: Patch) -> Patcher { Patcher(patch, patience: patience, allowsDowngrade: true) }
        return JointPatcher(one(patches[level - 1]), [one(patches[level + 1])])
    }

    private func revert(_ level: Int, in program: RunningProgram) -> ProcessReport.Result {
        Reverter(patience: .seconds(30)).revert(
            patches[level - 1].id, with: [patches[level + 1].id], in: program.id
        ).result
    }

    @Test func `no thread sees the new code of one library and then the old code of the other`() throws {
        let program = try RunningProgram(workshop.path("both"), ["2"])
        for _ in 0..<3 {
            let applied = patcher(1).apply(to: program.id)
            #expect(applied.result == .done)
            #expect(applied.functions == ["first", "second"])
            #expect(try program.ask("v") == "2 2")
            #expect(patcher(2).apply(to: program.id).replacedLevel == 1)
            #expect(try program.ask("v") == "3 3")
            #expect(patcher(2).apply(to: program.id).result == .already)
            #expect(revert(2, in: program) == .done)
            #expect(try program.ask("v") == "1 1")
        }
        #expect(try program.ask("m") == "mixed 0")
    }

    @Test func `what is refused for one library is not done to the other`() throws {
        let program = try RunningProgram(workshop.path("both"))
        // Somebody else has changed the second library.
        let second = try HandmadePatch(for: "libsecond.so", in: workshop)
        let foreign = try second.patch([("second", HandmadePatch.returning(9))])
        #expect(Patcher(foreign).apply(to: program.id).result == .done)
        let refused = patcher(1).apply(to: program.id).result
        #expect(refused == .failed(.replacedByOther(function: "second", patch: foreign.id)))
        #expect(try program.ask("v") == "1 9")
        #expect(Reverter().revert(foreign.id, in: program.id).result == .done)
        #expect(patcher(1).apply(to: program.id).result == .done)
        #expect(try program.ask("v") == "2 2")
    }

    @Test func `a process that has only one of the libraries gets the patch for it`() throws {
        try workshop.compile(
            Self.program.replacing("extern int first(int), second(int);", with: "extern int first(int);")
                .replacing("second(0)", with: "first(0)"), to: "one",
            ["-L\(workshop.path(""))", "-lfirst", "-Wl,-rpath,\(workshop.path(""))"])
        let program = try RunningProgram(workshop.path("one"))
        let report = patcher(1).apply(to: program.id)
        #expect(report.result == .done)
        #expect(report.functions == ["first"])
        #expect(try program.ask("v") == "2 2")
        #expect(revert(1, in: program) == .done)
        #expect(try program.ask("v") == "1 1")
    }

    private func files(_ level: Int) throws -> [String] {
        try [level - 1, level + 1].map { index in
            let file = workshop.path("\(index).mend")
            try Data(try patches[index].artefact.encoded()).write(to: URL(filePath: file))
            return file
        }
    }

    @Test(arguments: [(0, 1), (1, 2), (1, 0)])
    func `wherever the patcher dies, the next start does all or nothing`(from: Int, to: Int) throws {
        // Nobody is in the functions, so that the switch is always the same system calls.
        let program = try RunningProgram(workshop.path("both"))
        let answers = (0...2).map { "\($0 + 1) \($0 + 1)" }
        let arguments =
            [to == 0 ? "revert" : "apply"] + (try files(max(to, 1)))
            + ["--pid", "\(program.id)", "--wait", "30", "--yes"]
        var number = 0
        var halves = 0
        // How many system calls are passed over outside of the switch; there are more where memory is given back.
        let stride = to == 2 ? 7 : 4
        var closely = 0
        var rounds = 1
        while true {
            // With the memory of an earlier stay, so that the system calls are the same each time.
            try #require(patcher(max(from, 1)).apply(to: program.id).result.holds)
            if from == 0 { try #require(revert(1, in: program) == .done) }
            guard try death.runTool(arguments, killedAt: number) else {
                // Between the halves is one system call, and how many come before it is not always the same.
                guard halves == 0, rounds < 5 else { break }
                rounds += 1
                number = max(0, closely - stride)
                for level in [2, 1] { _ = revert(level, in: program) }
                continue
            }
            let isInSwitch = try PatchedProcess(program.id)?.records.contains { $0.state == .switching } ?? false
            let found = try program.ask("v")
            if !answers.contains(found) { halves += 1 }
            // What would finish a part and leave the rest is refused; the way back of one is that of all.
            let index = max(to, 1) - 1
            let alone = Patcher(patches[index], patience: .seconds(30)).apply(to: program.id)
            if case .failed(.switchUnfinished(let unfinished)) = alone.result {
                #expect(unfinished.contains(patches[index].id) && unfinished.contains(patches[index + 2].id))
                #expect(try program.ask("v") == found)
                switch number % 3 {
                case 0:
                    #expect(patcher(max(to, 1)).apply(to: program.id).result.holds, "killed at \(number)")
                    #expect(try program.ask("v") == answers[max(to, 1)], "killed at \(number)")
                case 1 where from > 0:
                    #expect(patcher(from).apply(to: program.id).result.holds, "killed at \(number)")
                    #expect(try program.ask("v") == answers[from], "killed at \(number)")
                default:
                    let record = try #require(
                        try PatchedProcess(program.id)?.records.first { $0.isInForce && $0.jointSwitch != 0 })
                    #expect(
                        Reverter(patience: .seconds(30)).revert(record.patch, in: program.id).result == .done,
                        "killed at \(number)")
                    #expect(try program.ask("v") == answers[0], "killed at \(number)")
                }
            } else {
                #expect(answers.contains(found), "killed at \(number): \(found)")
            }
            for level in [2, 1] { _ = revert(level, in: program) }
            #expect(try program.ask("v") == answers[0], "killed at \(number)")
            // Every system call of the switch itself, and some of the many that prepare it.
            if isInSwitch, closely == 0 {
                closely = number
                number = max(0, number - stride)
            } else {
                number += isInSwitch || number < closely ? 1 : stride
            }
        }
        #expect(number > 40, "the tool was not killed often enough: \(number)")
        #expect(halves > 0, "it was never killed half way")
        #expect(try program.ask("v") == answers[to])
    }
}
