// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import PatchBuilder

@Suite struct `Recording compiler calls` {
    let directory: TemporaryDirectory
    let recorder: CommandRecorder

    init() throws {
        directory = try TemporaryDirectory()
        recorder = try CommandRecorder(in: directory.path + "/programs")
        try directory.write("int main(void) { return 0; }\n", to: "main.c")
    }

    func run(_ command: String, mode: CommandRecorder.Mode = .build) async throws {
        let environment = ToolEnvironment.clean(home: directory.path)
        try await ToolCall(
            tool: .shell, arguments: ["-c", command], directory: directory.path,
            environment: recorder.environment(environment, mode: mode), log: directory.path + "/log"
        ).run()
    }

    @Test func `a call is noted with its words as they are, and done`() async throws {
        try await run("gcc -c '-DA=\"b c\"' -o 'my object.o' main.c")
        let call = try #require(try recorder.calls().first)
        #expect(call.arguments == ["-c", "-DA=\"b c\"", "-o", "my object.o", "main.c"])
        #expect(call.compiler.hasSuffix("/gcc") && !call.compiler.contains("programs"))
        #expect(call.directory == directory.path)
        #expect(directory.exists("my object.o"))
    }

    @Test func `the folder of a call is the one it was made in`() async throws {
        try await run("mkdir -p deep/er && ln -s deep/er short && cd short && cc -c ../../main.c")
        #expect(try recorder.calls().map(\.directory) == [directory.path + "/deep/er"])
    }

    @Test func `a rehearsal notes compilations and does not do them, but answers questions`() async throws {
        try await run("cc -c main.c && cc -dumpversion >version", mode: .rehearsal)
        #expect(!directory.exists("main.o"))
        #expect(try !directory.read("version").isEmpty)
        #expect(try recorder.calls().contains { $0.arguments == ["-c", "main.c"] })
    }

    @Test func `an assembler is noted if the build calls it, and not if a compiler does`() async throws {
        try directory.write(".globl f\nf: ret\n", to: "f.s")
        try await run("as --64 -o f.o f.s && gcc -c f.s main.c && as -o gone.o f.s")
        let calls = try recorder.calls()
        let assembled = calls.filter { $0.compiler.hasSuffix("/as") }.map(\.arguments).sorted { $0.count < $1.count }
        #expect(assembled == [["-o", "gone.o", "f.s"], ["--64", "-o", "f.o", "f.s"]])
        #expect(calls.count == 3 && directory.exists("f.o"))
        try await run("as -o other.o f.s && as --version >version", mode: .rehearsal)
        #expect(!directory.exists("other.o"))
        #expect(try directory.read("version").contains("assembler"))
    }

    @Test func `a compiler that is a script counts once`() async throws {
        try await run("c99 -c main.c")
        #expect(try recorder.calls().map { $0.compiler.split(separator: "/").last } == ["c99"])
    }

    @Test func `variables that a compiler reads are noted`() async throws {
        try await run("CPATH=/inc SOURCE_DATE_EPOCH= cc -c main.c")
        #expect(try recorder.calls().map(\.environment) == [["CPATH": "/inc", "SOURCE_DATE_EPOCH": ""]])
    }

    @Test func `calls at the same time are all noted`() async throws {
        try await run("for i in 1 2 3 4 5 6 7 8; do cc -c -DN=$i -o $i.o main.c & done; wait")
        #expect(Set(try recorder.calls().map { $0.arguments[1] }).count == 8)
    }

    @Test func `a compiler that is not installed is not found, as without the recorder`() async throws {
        try await run("gcc-10 -c main.c 2>err; test $? = 127")
        #expect(try directory.read("err").contains("gcc-10"))
    }
}
