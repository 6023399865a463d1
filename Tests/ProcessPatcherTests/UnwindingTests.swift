// SPDX-License-Identifier: Apache-2.0

import Foundation
import LinuxSystem
import LivePatch
import ProcessPatcher
import Testing

/// The process's unwinder is told of a patch's code, and the process never waits for itself.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct UnwindingTests {
    let workshop: Workshop

    /// Finds tables as an exception does; as many threads as it is told do so all the time, with the unwinder's and
    /// `malloc`'s locks.
    private static let program = """
        #include <pthread.h>
        #include <signal.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        #include <time.h>
        #include <unistd.h>
        struct bases { void *text, *data, *function; };
        extern const void *_Unwind_Find_FDE(const void *, struct bases *);
        extern int value(int);
        static const char *replacement(void) {
            const unsigned char *entry = (const unsigned char *)value;
            int distance;
            if (!memcmp(entry, "\\xf3\\x0f\\x1e\\xfa", 4)) entry += 4;
            if (*entry != 0xe9) return 0;
            memcpy(&distance, entry + 1, 4);
            return (const char *)entry + 5 + distance;
        }
        __attribute__((noipa)) static int is_found(void) {
            struct bases bases;
            const char *code = replacement();
            return code && _Unwind_Find_FDE(code + 1, &bases) && bases.function == code;
        }
        /* No address of the patch may be left on the stack. */
        __attribute__((noipa)) static void wipe(void) {
            volatile char room[16384];
            for (unsigned i = 0; i < sizeof room; i++) room[i] = 0;
        }
        static void *find(void *unused) {
            struct bases bases;
            for (;;) { _Unwind_Find_FDE((const char *)find + 1, &bases); free(malloc(100)); }
            return unused;
        }
        static void spin(int milliseconds) {
            clock_t end = clock() + milliseconds * (CLOCKS_PER_SEC / 1000);
            while (clock() < end) { }
        }
        static void wait_in_handler(int unused) { struct timespec t = {3, 0}; nanosleep(&t, 0); }
        int main(int count, char **arguments) {
            char line[64]; pthread_t thread;
            setvbuf(stdout, 0, _IOLBF, 0);
            sigset_t none;
            sigemptyset(&none);
            sigprocmask(SIG_SETMASK, &none, 0);
            signal(SIGUSR1, wait_in_handler);
            if (count > 1) for (int i = atoi(arguments[1]); i > 0; i--) pthread_create(&thread, 0, find, 0);
            puts("ready");
            while (fgets(line, sizeof line, stdin)) {
                switch (line[0]) {
                case 'v': printf("%d\\n", value(0)); break;
                case 'f': printf("%d\\n", is_found()); wipe(); break;
                case 's': puts("spinning"); spin(1500); puts("done"); break;
                case 'h': puts("waiting"); raise(SIGUSR1); puts("done"); break;
                }
            }
            return 0;
        }
        """

    init() throws {
        workshop = try Workshop()
        try workshop.compile(Sources.library, to: "libtarget.so", ["-fPIC", "-shared", "-Wl,-soname,libtarget.so"])
        try workshop.compile(
            Self.program, to: "program",
            ["-L\(workshop.path(""))", "-ltarget", "-lgcc_s", "-Wl,-rpath,\(workshop.path(""))"])
    }

    private func patch(areRequired: Bool) throws -> Patch {
        try HandmadePatch(in: workshop).patch(
            [("value", HandmadePatch.returning(2))],
            unwinding: Manifest.UnwindTables(offset: 4096, areRequired: areRequired))
    }

    @Test func `the unwinder finds the tables, also after the patch has gone and come back`() throws {
        let program = try RunningProgram(workshop.path("program"), ["3"])
        let patch = try patch(areRequired: true)
        #expect(try program.ask("f") == "0")
        for _ in 0..<3 {
            let report = Patcher(patch, patience: .seconds(30)).apply(to: program.id)
            #expect(report.result == .done)
            #expect(report.isUnwindable)
            #expect(try program.ask("f") == "1")
            #expect(try program.ask("v") == "2")
            #expect(Reverter(patience: .seconds(30)).revert(patch.id, in: program.id).result == .done)
            #expect(try program.ask("v") == "1")
        }
    }

    @Test func `a process without a waiting thread is refused, or told later`() throws {
        let program = try RunningProgram(workshop.path("program"))
        #expect(try program.ask("s") == "spinning")
        let required = Patcher(try patch(areRequired: true), patience: .milliseconds(100)).apply(to: program.id)
        #expect(required.result == .failed(.noThreadForUnwinding))
        let optional = try patch(areRequired: false)
        let applied = Patcher(optional, patience: .seconds(30)).apply(to: program.id)
        #expect(applied.result == .done)
        // Where processors are scarce, the program may have come to its end meanwhile.
        let wasTold = applied.isUnwindable
        #expect(try program.readLine() == "done")
        #expect(try program.ask("f") == (wasTold ? "1" : "0"))
        let again = Patcher(optional, patience: .seconds(30)).apply(to: program.id)
        #expect(again.result == .already)
        #expect(again.isUnwindable)
        #expect(try program.ask("f") == "1")
        #expect(try program.ask("v") == "2")
    }

    @Test func `a thread that waits in a signal's handler is not borrowed`() throws {
        let program = try RunningProgram(workshop.path("program"))
        #expect(try program.ask("h") == "waiting")
        let patcher = Patcher(try patch(areRequired: true), patience: .milliseconds(100))
        #expect(patcher.apply(to: program.id).result == .failed(.noThreadForUnwinding))
        #expect(try program.readLine() == "done")
        #expect(Patcher(try patch(areRequired: true), patience: .seconds(30)).apply(to: program.id).result == .done)
        #expect(try program.ask("f") == "1")
    }

    @Test func `wherever the patcher dies, the next start has the unwinder told`() throws {
        let patch = try patch(areRequired: true)
        let file = workshop.path("patch.mend")
        try Data(try patch.artefact.encoded()).write(to: URL(filePath: file))
        let killing = try DeathTests()
        var number = 0
        while true {
            // A fresh process, since one that has been told is not told again.
            let program = try RunningProgram(workshop.path("program"), ["1"])
            let wasKilled = try killing.runTool(["apply", file, "--pid", "\(program.id)"], killedAt: number)
            #expect(["1", "2"].contains(try program.ask("v")), "killed at \(number)")
            let report = Patcher(patch, patience: .seconds(30)).apply(to: program.id)
            #expect(report.result.holds, "killed at \(number): \(report.result)")
            #expect(try program.ask("f") == "1", "killed at \(number)")
            #expect(try program.ask("v") == "2", "killed at \(number)")
            guard wasKilled else { break }
            number += 7
        }
        #expect(number > 100, "the tool was not killed often enough: \(number)")
    }

    /// Two levels with tables of their own.
    private func levels() throws -> [Patch] {
        let handmade = try HandmadePatch(in: workshop)
        return try [(UInt8(2), "a"), (3, "ab")].map { result, fixes in
            try handmade.patch(
                [("value", HandmadePatch.returning(result))],
                unwinding: Manifest.UnwindTables(offset: 4096, areRequired: true), level: .of(fixes))
        }
    }

    private func memory(of program: RunningProgram) throws -> Int {
        try PatchedProcess(program.id)?.records.count ?? 0
    }

    @Test func `the unwinder gives up an old level's tables, and the process gets the memory back`() throws {
        let levels = try levels()
        let program = try RunningProgram(workshop.path("program"), ["2"])
        var freed: UInt64 = 0
        for round in 0..<12 {
            let level = round % 2
            let report = Patcher(levels[level], patience: .seconds(30), allowsDowngrade: true).apply(to: program.id)
            #expect(report.result == .done)
            #expect(report.isUnwindable)
            freed += report.freed
            #expect(try program.ask("f") == "1")
            #expect(try program.ask("v") == "\(level + 2)")
            // A stale word of the unwinder's may keep one for a while.
            #expect(try memory(of: program) <= 3)
        }
        #expect(freed > 0)
    }

    @Test func `wherever the patcher dies while the tables are given up, the next start goes on`() throws {
        let levels = try levels()
        let files = try levels.enumerated().map { index, patch in
            let file = workshop.path("level\(index).mend")
            try Data(try patch.artefact.encoded()).write(to: URL(filePath: file))
            return file
        }
        let killing = try DeathTests()
        let program = try RunningProgram(workshop.path("program"), ["1"])
        var number = 0
        while true {
            let level = (number / 19) % 2
            #expect(
                Patcher(levels[1 - level], patience: .seconds(30), allowsDowngrade: true).apply(to: program.id).result
                    .holds, "killed at \(number)")
            #expect(try program.ask("f") == "1", "killed at \(number)")
            let arguments = [
                "apply", files[level], "--pid", "\(program.id)", "--allow-downgrade", "--yes", "--wait", "30",
            ]
            guard try killing.runTool(arguments, killedAt: number) else { break }
            #expect(["2", "3"].contains(try program.ask("v")), "killed at \(number)")
            #expect(try program.ask("f") == "1", "killed at \(number)")
            number += 19
        }
        #expect(number > 200, "the tool was not killed often enough: \(number)")
        #expect(try memory(of: program) <= 3)
    }
}
