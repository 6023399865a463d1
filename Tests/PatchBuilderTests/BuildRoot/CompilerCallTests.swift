// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PatchBuilder

@Suite struct `Reading compiler calls` {
    static func units(_ arguments: String) -> [CompilerCall.Unit] {
        CompilerCall(
            directory: "/tree/build", compiler: "/usr/bin/gcc",
            arguments: arguments.split(separator: " ").map(String.init), environment: [:]
        ).units()
    }

    @Test(arguments: [
        ("-O2 -c -o out/a.o ../src/a.c", "-O2", "../src/a.c"),
        ("-O2 -c ../src/a.c", "-O2", "../src/a.c"),
        ("-c ../src/a.c -O2 -oa.o", "-O2", "../src/a.c"),
        ("-MMD -MF a.d.tmp -MT a.o -MP -MQ x -MFy -c -o a.o a.c -g", "-g", "a.c"),
        ("-Wp,-MMD,.a.o.d -Wp,-D_FORTIFY_SOURCE=2 -c a.c", "-Wp,-D_FORTIFY_SOURCE=2", "a.c"),
        (
            "-I . -isystem inc -D X=1 -include c.h --param l=1 -c a.c",
            "-I . -isystem inc -D X=1 -include c.h --param l=1", "a.c"
        ),
        ("-shared -o lib.so a.c b.o lib.a -lfoo -Wl,-z,now", "-shared", "a.c"),
        ("-include other.c -c a.c", "-include other.c", "a.c"),
        ("-save-temps=obj -pipe -c a.cc", "", "a.cc"),
        ("-flto -fno-lto -c a.c", "-flto -fno-lto", "a.c"),
    ])
    func `a command keeps what can change its object`(arguments: String, options: String, source: String) throws {
        let units = Self.units(arguments)
        #expect(units.count == 1)
        let command = try #require(units.first).command.get()
        #expect(command.options.joined(separator: " ") == options)
        #expect(command.source == source)
    }

    @Test(arguments: [
        "-E a.c", "-M a.c", "-MM a.c", "-S a.c", "-fsyntax-only a.c", "--version", "-o p a.o", "-x c -E -", "-v",
    ])
    func `calls that make no object are passed over`(arguments: String) {
        #expect(Self.units(arguments).isEmpty)
    }

    @Test func `several sources are several units`() throws {
        let units = Self.units("-c -O1 a.c sub/../b.c -x c++ c.inc -x none d.c")
        #expect(units.map(\.sourcePath) == ["a.c", "b.c", "c.inc", "d.c"].map { "/tree/build/" + $0 })
        #expect(try units.map { try $0.command.get().language } == [nil, nil, "c++", nil])
        #expect(
            try units[2].command.get().arguments(adding: ["-ffunction-sections"], output: "o.o")
                == ["-O1", "-ffunction-sections", "-c", "-o", "o.o", "-x", "c++", "c.inc"])
    }

    @Test(arguments: [
        ("@options -c a.c", CommandProblem.responseFile("options")), ("-flto -c a.c", .linkTimeOptimisation("-flto")),
        ("-flto=auto -c a.c", .linkTimeOptimisation("-flto=auto")), ("-c a.c -I", .missingArgument("-I")),
        ("-c a.c -o", .missingArgument("-o")),
    ])
    func `calls that cannot be repeated say why`(arguments: String, problem: CommandProblem) {
        #expect(Self.units(arguments).map(\.command) == [.failure(.init(problem: problem))])
    }

    @Test func `a call of an assembler is repeated as such`() throws {
        func units(_ words: String) -> [CompilerCall.Unit] {
            CompilerCall(
                directory: "/tree", compiler: "/usr/bin/x86_64-linux-gnu-as",
                arguments: words.split(separator: " ").map(String.init), environment: [:]
            ).units()
        }
        let unit = try #require(units("--64 --MD a.d -I inc --defsym N=5 -al=list -o a.o -g a.s").first)
        let command = try unit.command.get()
        #expect(command.isAssembler && command.isPlainAssembler)
        let arguments = ["--64", "-I", "inc", "--defsym", "N=5", "-g", "-o", "o.o", "a.s"]
        #expect(command.arguments(adding: ["-g2"], output: "o.o") == arguments)
        #expect(units("--version").isEmpty && units("--64 -o a.o").isEmpty && units("-o a.o a.s b.s").isEmpty)
        #expect(units("@options a.s").map(\.command) == [.failure(.init(problem: .responseFile("options")))])
    }

    @Test func `commands that differ only in where results go are one`() {
        var recorded = RecordedCommands()
        for arguments in ["-O2 -MMD -MF x.d -c -o x.o a.c", "-O2 -c -o lib/y.o a.c", "-O2 -fPIC -c -o z.o a.c"] {
            for unit in Self.units(arguments) { recorded.add(unit.command) }
        }
        #expect(recorded.commands.map(\.options) == [["-O2"], ["-O2", "-fPIC"]])
    }

    static let record: [UInt8] = Array(
        "/d\u{0}/usr/bin/cc\u{0}=inc\u{0}\u{0}\u{0}\u{0}\u{0}=\u{0}2\u{0}-c\u{0}\u{0}".utf8)

    @Test func `a record gives the call back, empty words included`() throws {
        let call = try #require(CompilerCall(record: Self.record))
        #expect(call.arguments == ["-c", ""])
        #expect(call.environment == ["CPATH": "inc", "SOURCE_DATE_EPOCH": ""])
    }

    @Test func `a record that was cut off is none`() {
        for count in Self.record.indices { #expect(CompilerCall(record: Array(Self.record[..<count])) == nil) }
    }
}
