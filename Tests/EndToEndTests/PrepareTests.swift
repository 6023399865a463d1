// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// `kaketsugi-build prepare` as a process: what it makes, and what is left when it is ended.
@Suite(.timeLimit(.minutes(10))) struct PrepareTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        try directory.write(
            """
            libf.so: f.c
            \tgcc -O2 -fPIC -c f.c -o f.o
            \tsleep $${DELAY:-0}
            \tgcc -shared -Wl,--build-id=0x0123456789abcdef0123456789abcdef01234567 f.o -o libf.so

            """, to: "project/Makefile")
        try directory.write("int f(int x) { return x * 3 + 1; }\n", to: "project/f.c")
    }

    private var source: [String] {
        ["--source", directory.path("project"), "--build", "make -s", "--target", "libf.so", "--cache", cache]
    }

    private var cache: String { directory.path("cache") }

    private func prepare(_ arguments: [String]) throws -> Command { try Tools.author(["prepare"] + arguments) }

    private func json(_ arguments: [String]) throws -> [String: Any] {
        let command = try prepare(arguments + ["--json"])
        #expect(command.status == 0, "\(command.errors)")
        let object = try JSONSerialization.jsonObject(with: Data(command.output.utf8))
        return try #require(object as? [String: Any])
    }

    @Test func `a root is made once and says what it has`() throws {
        let made = try prepare(source)
        #expect(made.status == 0, "\(made.errors)")
        #expect(made.errors.isEmpty, "no progress where nobody looks: \(made.errors)")
        for text in [
            directory.path("project"), "libf.so  0123456789abcdef0123456789abcdef01234567", "1 known", "compiler  cc (",
        ] {
            #expect(made.output.contains(text), "\(made.output)")
        }
        let report = try json(source)
        #expect(report["schemaVersion"] as? Int == 1)
        #expect(report["commands"] as? Int == 1)
        #expect(try #require(report["size"] as? Int) > 0)
        let targets = try #require(report["targets"] as? [[String: Any]])
        #expect(targets.map { $0["buildID"] as? String } == ["0123456789abcdef0123456789abcdef01234567"])
        #expect((report["path"] as? String)?.hasSuffix("/1") == true, "the same root as before")
    }

    @Test func `roots are listed and removed`() throws {
        #expect(try prepare(["--list", "--cache", cache]).output == "no build roots\n")
        #expect(try prepare(source).status == 0)
        let roots = try #require(try json(["--list", "--cache", cache])["roots"] as? [[String: Any]])
        #expect(roots.map { $0["name"] as? String } == [directory.path("project")])
        #expect(roots.map { $0["isComplete"] as? Bool } == [true])
        let unknown = try prepare(["--remove", "openssl=1", "--cache", cache])
        #expect(unknown.status == 3)
        #expect(unknown.errors.contains(directory.path("project")), "\(unknown.errors)")
        #expect(try prepare(["--remove", directory.path("project"), "--cache", cache]).status == 0)
        #expect(try prepare(["--list", "--cache", cache]).output == "no build roots\n")
    }

    @Test(arguments: [
        [], ["--list", "--package", "x=1"], ["--list", "--remove", "x"], ["--cache-limit", "many", "--list"],
    ])
    func `a wrong command line has the exit code of sysexits`(arguments: [String]) throws {
        #expect(try prepare(arguments).status == 64)
    }

    /// Starts the program, with a build that takes long, and waits until it compiles.
    private func startSlowly(mark: String) throws -> Process {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        // Children inherit the signal mask of the thread that starts them, which may block some.
        process.arguments =
            ["--default-signal", "--block-signal=", "DELAY=\(mark)", try builtProgram("kaketsugi-build"), "prepare"]
            + source
        process.standardError = try FileHandle(forWritingTo: URL(filePath: try directory.write("", to: "errors")))
        try process.run()
        while try !isRunning("sleep\0\(mark)") { usleep(5000) }
        return process
    }

    private func isRunning(_ words: String) throws -> Bool {
        try FileManager.default.contentsOfDirectory(atPath: "/proc").contains { name in
            guard name.allSatisfy(\.isNumber),
                let line = try? Data(contentsOf: URL(filePath: "/proc/\(name)/cmdline"))
            else { return false }
            return String(decoding: line, as: UTF8.self).hasPrefix(words)
        }
    }

    @Test(arguments: [SIGINT, SIGTERM, SIGKILL])
    func `an ended run leaves no process and a good cache`(signal: Int32) throws {
        let mark = "290.\(UInt32.random(in: 1...UInt32.max))"
        let process = try startSlowly(mark: mark)
        kill(process.processIdentifier, signal)
        process.waitUntilExit()
        while try isRunning("sleep\0\(mark)") { usleep(5000) }
        if signal != SIGKILL {
            #expect(process.terminationStatus == 3)
            #expect(try directory.read("errors").contains("interrupted; the cache is good"))
        }
        #expect(try prepare(["--list", "--cache", cache]).output.contains("(unfinished)"))
        let again = try prepare(source)
        #expect(again.status == 0, "\(again.errors)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: cache + "/trash").isEmpty)
    }

    @Test func `a full disk is named, and the cache is good when there is room again`() throws {
        let script = try directory.write(
            """
            set -e
            mkdir full
            mount -t tmpfs -o size=64k,mode=0755 none full
            dd if=/dev/urandom of=full/ballast bs=1k count=$2 2>/dev/null || true
            shift 2
            "$@" --cache "$PWD/full" 2>errors && exit 9
            rm full/ballast
            mount -o remount,size=64m full
            "$@" --cache "$PWD/full"
            """, to: "full.sh")
        let arguments = source.dropLast(2)
        // From no room at all to room for nearly everything: each place at which it can end.
        for ballast in [64, 48, 32, 24, 12] {
            let command = try Command(
                "unshare",
                [
                    "--user", "--map-root-user", "--mount", "sh", script, "--", "\(ballast)",
                    builtProgram("kaketsugi-build"), "prepare",
                ]
                    + arguments, in: directory.url)
            let errors: String = try directory.read("errors")
            #expect(command.status == 0, "\(ballast): \(command.errors) \(errors)")
            #expect(errors.contains("No space left") || errors.contains("the disk is full"), "\(ballast): \(errors)")
            #expect(command.output.contains("libf.so"), "\(command.output)")
            try directory.remove("full")
        }
    }

    @Test func `a machine that forbids namespaces is told by the setting`() throws {
        let command = try Command(
            "unshare",
            [
                "--user", "--map-root-user", "sh", "-c", "echo 0 >/proc/sys/user/max_user_namespaces && exec \"$@\"",
                "sh",
                builtProgram("kaketsugi-build"), "prepare",
            ] + source)
        #expect(command.status == 3)
        #expect(command.errors.contains("sysctl -w user.max_user_namespaces="), "\(command.errors)")
    }
}
