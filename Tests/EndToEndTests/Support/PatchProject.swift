// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport

/// A project of one C or C++ file that live patches are made for: a library and a program that uses it, or a program alone.
///
/// The file defines `int f(int)`, for C; it may call `hold()`, in which the program waits until it is told to go on.
final class PatchProject: Sendable {
    /// What the project makes of the C file.
    enum Product: Sendable {
        /// A library that the program loads.
        case library
        /// A library of a second file, too, which is C or assembler, linked in this way. Only its C file is left.
        case libraryWith(_ name: String, _ text: String, linking: String)
        /// A library of the file and of `other.S`, which may include the further ones.
        case libraryWithAssembler(_ files: [String: String])
        /// The program itself, compiled and linked in this way.
        case program(flags: String, linking: String)
    }

    /// What the file is written in.
    enum Language: String, Sendable {
        case c
        case cxx = "cc"

        fileprivate var compiler: String { self == .c ? "gcc" : "g++" }
    }

    let directory: TemporaryDirectory
    private let product: Product
    private let file: String

    /// Builds the project.
    ///
    /// - Parameters:
    ///   - source: the file.
    ///   - language: what it is written in.
    ///   - product: what becomes of it.
    ///   - flags: what the file is compiled with beside the usual, if it becomes a library.
    ///   - addition: further functions of the program.
    ///   - programFlags: what the program of a library is compiled with beside the usual.
    /// - Throws: what the compiler refuses.
    init(
        _ source: String, in language: Language = .c, as product: Product = .library, flags: String = "",
        program addition: String = "", programFlags: String = ""
    ) throws {
        self.product = product
        file = "target.\(language.rawValue)"
        directory = try TemporaryDirectory()
        try directory.write(source, to: "project/\(file)")
        try directory.write(Self.program + addition + "\n", to: "project/program.c")
        if case .libraryWith(let name, let text, _) = product { try directory.write(text, to: "project/" + name) }
        if case .libraryWithAssembler(let files) = product {
            for (name, text) in files { try directory.write(text, to: "project/" + name) }
        }
        try directory.write("{ global: f; local: *; };", to: "project/exports")
        try directory.write(
            Self.makefile(for: product, file, language.compiler, flags, programFlags), to: "project/Makefile")
        let make = try Command("make", ["-s", "-C", "project"], in: directory.url)
        guard make.status == 0 else { throw CommandFailure(description: make.errors) }
    }

    /// Makes a live patch that turns the file into another one.
    func patch(_ fixed: String, to name: String = "fix.mend", options: [String] = []) throws -> String {
        let build = try build(fixed, to: name, options: options)
        guard build.status == 0 else { throw CommandFailure(description: build.errors + build.output) }
        return directory.path(name)
    }

    /// Runs the author's tool on the change of the file into another one.
    func build(
        _ fixed: String, to name: String = "fix.mend", header: String = "", options: [String] = []
    ) throws -> Command {
        try directory.write(fixed, to: "fixed")
        let difference = try Command(
            "diff", ["-u", "--label", "a/\(file)", "--label", "b/\(file)", "project/\(file)", "fixed"],
            in: directory.url)
        return try build(fix: header + difference.output, to: name, options: options)
    }

    /// Runs the author's tool on the change of one of the further files into another text.
    func build(_ name: String, as fixed: String, to patch: String = "fix.mend", options: [String] = []) throws
        -> Command
    {
        try directory.write(fixed, to: "fixed")
        let difference = try Command(
            "diff", ["-u", "--label", "a/\(name)", "--label", "b/\(name)", "project/\(name)", "fixed"],
            in: directory.url)
        return try build(fix: difference.output, to: patch, options: options)
    }

    /// Runs the author's tool on a fix.
    func build(fix text: String, to name: String = "fix.mend", options: [String] = []) throws -> Command {
        let fix = try directory.write(text, to: "fix.patch")
        return try author("patch", ["--fix", fix, "--output", directory.path(name)] + options)
    }

    /// Runs a command of the author's tool on the project.
    func author(_ command: String, _ options: [String], cache: String = "cache") throws -> Command {
        try Tools.author(
            [
                command, "--source", directory.path("project"), "--build", "make -s", "--target", target,
                "--cache", directory.path(cache),
            ] + options)
    }

    /// Starts the program.
    func start() throws -> TargetProcess {
        try TargetProcess(program: directory.path("project/program"))
    }

    /// Starts the program in a root of its own, where the library, the C library and the dynamic linker are copies.
    func startInOwnRoot() throws -> TargetProcess {
        let script = """
            mkdir -p root/lib64 && cp project/program project/libtarget.so root && \
            for file in $(ldd project/program | grep -o '/lib[^ ]*'); do
                case $file in *libtarget.so) ;; */ld-linux*) cp -L $file root/lib64 ;; *) cp -L $file root ;; esac
            done
            """
        let copied = try Command("sh", ["-ec", script], in: directory.url)
        guard copied.status == 0 else { throw CommandFailure(description: copied.errors) }
        return try TargetProcess(
            program: "/usr/sbin/chroot",
            [
                "--userspec=0:0", directory.path("root"), "/lib64/ld-linux-x86-64.so.2", "--library-path", "/",
                "/program",
            ])
    }

    /// The file that is patched.
    private var target: String {
        switch product {
        case .library, .libraryWith, .libraryWithAssembler: "libtarget.so"
        case .program: "program"
        }
    }

    /// A build ID of its own keeps tests that run at once out of each other's `--all`.
    private static func makefile(
        for product: Product, _ file: String, _ compiler: String, _ flags: String, _ programFlags: String
    ) -> String {
        let words = (0..<4).map { _ in String(UInt32.random(in: 0x1000_0000...UInt32.max), radix: 16) }
        let buildID = "-Wl,--build-id=0x" + words.joined()
        return switch product {
        case .library:
            """
            program: libtarget.so program.c
            \tgcc -O2 -rdynamic \(programFlags) program.c -o program -L. -ltarget -lpthread -Wl,-rpath,'$$ORIGIN'
            libtarget.so: \(file)
            \t\(compiler) -O2 -fPIC \(flags) -c \(file) -o target.o
            \t\(compiler) -shared -s \(buildID) target.o -o libtarget.so

            """
        case .libraryWith(let name, _, let linking):
            """
            program: libtarget.so program.c
            \tgcc -O2 -rdynamic program.c -o program -L. -ltarget -lpthread -Wl,-rpath,'$$ORIGIN'
            libtarget.so: target.c \(name)
            \tgcc -O2 -fPIC -c target.c -o target.o
            \tgcc -O2 -fPIC -c \(name) -o other.o
            \tgcc -shared \(linking) \(buildID) target.o other.o -o libtarget.so
            \ttest -n "$$KEEP" || rm target.o other.o

            """
        case .libraryWithAssembler:
            """
            program: libtarget.so program.c
            \tgcc -O2 -rdynamic program.c -o program -L. -ltarget -lpthread -Wl,-rpath,'$$ORIGIN'
            libtarget.so: target.c other.S
            \tgcc -O2 -fPIC -c target.c -o target.o
            \tgcc -O2 -fPIC -g -c other.S -o other.o
            \tgcc -shared -s \(buildID) target.o other.o -o libtarget.so

            """
        case .program(let flags, let linking):
            """
            program: \(file) program.c
            \t\(compiler) \(flags) -c \(file) -o target.o
            \tgcc \(flags) -c program.c -o program.o
            \t\(compiler) \(linking) \(buildID) target.o program.o -o program -lpthread

            """
        }
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
