// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport

/// A library `libtarget.so` of one C file, a program that uses it, and live patches made for it.
///
/// The library defines `int f(int)`; it may call `hold()`, in which the program waits until it is told to go on.
final class Library: Sendable {
    let directory: TemporaryDirectory

    /// Builds the library and the program.
    init(_ source: String) throws {
        directory = try TemporaryDirectory()
        try directory.write(source, to: "project/target.c")
        // A build ID of its own keeps tests that run at once out of each other's `--all`.
        let words = (0..<4).map { _ in String(UInt32.random(in: 0x1000_0000...UInt32.max), radix: 16) }
        let buildID = "0x" + words.joined()
        try directory.write(Self.makefile(buildID: buildID), to: "project/Makefile")
        try directory.write(Self.program, to: "program.c")
        let make = try Command("make", ["-s", "-C", "project"], in: directory.url)
        guard make.status == 0 else { throw CommandFailure(description: make.errors) }
        try compile(
            [
                "-O2", "-rdynamic", "program.c", "-o", "program", "-Lproject", "-ltarget", "-lpthread",
                "-Wl,-rpath,$ORIGIN/project",
            ], in: directory)
    }

    /// Makes a live patch that turns the library's source into another one.
    func patch(_ fixed: String, to name: String = "fix.mend", options: [String] = []) throws -> String {
        try directory.write(fixed, to: "fixed.c")
        let difference = try Command(
            "diff", ["-u", "--label", "a/target.c", "--label", "b/target.c", "project/target.c", "fixed.c"],
            in: directory.url)
        let fix = try directory.write(difference.output, to: "fix.patch")
        let path = directory.path(name)
        let build = try Tools.author(
            [
                "patch", "--source", directory.path("project"), "--build", "make -s", "--target", "libtarget.so",
                "--fix", fix, "--output", path, "--cache", directory.path("cache"),
            ] + options)
        guard build.status == 0 else { throw CommandFailure(description: build.errors + build.output) }
        return path
    }

    /// Starts the program.
    func start() throws -> TargetProcess {
        try TargetProcess(program: directory.path("program"))
    }

    private static func makefile(buildID: String) -> String {
        """
        libtarget.so: target.c
        \tgcc -O2 -fPIC -c target.c -o target.o
        \tgcc -shared -s -Wl,--build-id=\(buildID) target.o -o libtarget.so

        """
    }

    /// Reads commands, one a line: `c N` calls f(N); `b N` calls it in a thread of its own; `r` releases one hold;
    /// `t N` starts N threads that call f(0) all the time; `q` ends.
    private static let program = """
        #include <pthread.h>
        #include <semaphore.h>
        #include <stdint.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <unistd.h>
        extern int f(int);
        static sem_t holding, release;
        void hold(void) { sem_post(&holding); while (sem_wait(&release)) { } }
        static void *once(void *x) { return (void *)(intptr_t)f((int)(intptr_t)x); }
        static void *always(void *x) { for (;;) { f(0); usleep(100); } return x; }
        int main(void) {
          char command; int number = 0; char line[64]; pthread_t thread;
          setvbuf(stdout, 0, _IOLBF, 0);
          sem_init(&holding, 0, 0); sem_init(&release, 0, 0);
          puts("ready");
          while (fgets(line, sizeof line, stdin)) {
            number = 0;
            sscanf(line, "%c %d", &command, &number);
            switch (command) {
            case 'c': printf("%d\\n", f(number)); break;
            case 'b': pthread_create(&thread, 0, once, (void *)(intptr_t)number); sem_wait(&holding); puts("held"); break;
            case 'r': sem_post(&release); pthread_join(thread, 0); puts("released"); break;
            case 't': while (number--) { pthread_t t; pthread_create(&t, 0, always, 0); } puts("started"); break;
            case 'q': exit(0);
            }
          }
          return 0;
        }

        """
}
