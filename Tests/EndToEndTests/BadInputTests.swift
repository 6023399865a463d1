// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// What authors give by mistake: each is answered with what it is and what to do, and the next run works.
@Suite(.timeLimit(.minutes(10))) struct BadInputTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        try directory.write(
            """
            libf.so: f.c
            \tgcc $(FLAGS) -O2 -fPIC -c f.c
            \tgcc $(FLAGS) -shared -Wl,--build-id f.o -o libf.so

            """, to: "project/Makefile")
        try directory.write(
            "int table[64];\nint f(int x) { for (int i = 0; i < 64; i++) table[i] ^= x * i; return x * 3 + 1; }\n",
            to: "project/f.c")
        try directory.write(
            """
            --- a/f.c
            +++ b/f.c
            @@ -1,2 +1,2 @@
             int table[64];
            -int f(int x) { for (int i = 0; i < 64; i++) table[i] ^= x * i; return x * 3 + 1; }
            +int f(int x) { for (int i = 0; i < 64; i++) table[i] ^= x * i; return x * 3 + 2; }

            """, to: "fix.patch")
    }

    private func patch(fix: String = "fix.patch", build: String = "make -s", target: String = "libf.so") throws
        -> Command
    {
        try Tools.author(
            [
                "patch", "--source", directory.path("project"), "--build", build, "--target", target, "--fix",
                directory.path(fix), "--output", directory.path("fix.mend"), "--cache", directory.path("cache"),
            ])
    }

    /// The command is refused with all these words, and afterwards a good one works.
    private func expectRefusal(_ command: Command, _ words: String...) throws {
        #expect(command.status == 3, "\(command.output)")
        for word in words { #expect(command.errors.contains(word), "\(command.errors)") }
        #expect(!command.errors.contains("Optional("), "\(command.errors)")
        let good = try patch()
        #expect(good.status == 0, "\(good.errors)")
    }

    /// A copy of the library as the project builds it.
    private func library(named name: String) throws -> String {
        let built = try Command("make", ["-s"], in: directory.url.appending(path: "project"))
        #expect(built.status == 0, "\(built.errors)")
        try FileManager.default.copyItem(atPath: directory.path("project/libf.so"), toPath: directory.path(name))
        for made in ["libf.so", "f.o"] { try directory.remove("project/" + made) }
        return directory.path(name)
    }

    @Test func `a build that fails shows its last lines`() throws {
        let failed = try patch(build: "echo checking for what is missing; echo error: no libmissing >&2; exit 4")
        try expectRefusal(failed, "status 4", "checking for what is missing", "error: no libmissing", "build.log")
    }

    @Test func `a build that wants the network is told by its own words`() throws {
        let failed = try patch(build: "exec 2>&1; bash -c 'echo >/dev/tcp/127.0.0.1/9' || exit 1; make -s")
        try expectRefusal(failed, "failed with status 1", "/dev/tcp/127.0.0.1/9")
    }

    @Test func `a fix of another package names the file that is not there`() throws {
        let text: String = try directory.read("fix.patch").replacing("/f.c", with: "/ssl/statem.c")
        try directory.write(text, to: "other.patch")
        try expectRefusal(try patch(fix: "other.patch"), "line 1", "ssl/statem.c", "the source has no file")
    }

    @Test func `a fix that does not apply names the line and the nearest place`() throws {
        let text: String = try directory.read("fix.patch").replacing("int table[64];", with: "int table[65];")
        try directory.write(text, to: "stale.patch")
        try expectRefusal(try patch(fix: "stale.patch"), "hunk 1 does not apply", "line 1 reads", "int table[64];")
    }

    @Test func `a target for 32 bits is told as such`() throws {
        let command = try Command(
            "gcc",
            [
                "-m32", "-shared", "-nostdlib", "-fno-pic", "-o", directory.path("lib32.so"),
                directory.path("project/f.c"),
            ])
        #expect(command.status == 0, "\(command.errors)")
        try expectRefusal(try patch(target: directory.path("lib32.so")), "lib32.so", "not a 64-bit ELF file for x86-64")
    }

    @Test func `a target of link-time optimisation is told by the option`() throws {
        try expectRefusal(try patch(build: "make -s FLAGS=-flto"), "f.c", "-flto leaves code generation to the linker")
    }

    @Test func `a target that was linked with link-time optimisation elsewhere has none of the code`() throws {
        let command = try Command(
            "gcc",
            [
                "-O3", "-flto", "-fPIC", "-shared", "-Wl,--build-id", "-o", directory.path("lto.so"),
                directory.path("project/f.c"),
            ])
        #expect(command.status == 0, "\(command.errors)")
        try expectRefusal(
            try patch(target: directory.path("lto.so")), "f.c", "lto.so", "Build with the compiler and the flags")
    }

    @Test func `a stripped target will do`() throws {
        let library = try library(named: "stripped.so")
        #expect(try Command("strip", ["--strip-all", library]).status == 0)
        let command = try patch(target: library)
        #expect(command.status == 0, "\(command.errors)")
    }

    @Test func `a packed target is told as such`() throws {
        let library = try library(named: "packed.so")
        var bytes = Array(try Data(contentsOf: URL(filePath: library)))
        // What UPX leaves of a file: its program headers, no section headers, and code that only a stub makes sense of.
        for offset in 0x28..<0x30 { bytes[offset] = 0 }
        for offset in 0x3a..<0x40 { bytes[offset] = 0 }
        let code = try #require(
            try Command("readelf", ["--sections", "--wide", library]).output.split(separator: "\n").first {
                $0.contains(" .text ")
            }
        ).split(separator: " ")
        let position = try #require(code.firstIndex { $0 == "PROGBITS" })
        let offset = try #require(Int(code[position + 2], radix: 16))
        let size = try #require(Int(code[position + 3], radix: 16))
        for index in offset..<offset + size { bytes[index] ^= 0x5a }
        try Data(bytes).write(to: URL(filePath: library))
        try expectRefusal(try patch(target: library), "packed.so", "no sections", "packed (UPX, for example)")
    }

    @Test func `a target that is nothing of the kind is told as such`() throws {
        try expectRefusal(try patch(target: directory.path("project/f.c")), "not a 64-bit ELF file")
        try expectRefusal(try patch(target: "libg.so"), "libg.so", "neither an existing file nor made by the build")
    }

    @Test func `a target without a build ID is told as such`() throws {
        let command = try Command(
            "sh",
            [
                "-c",
                "cd project && gcc -O2 -fPIC -c f.c && gcc -shared -Wl,--build-id=none f.o -o ../none.so && rm f.o",
            ],
            in: directory.url)
        #expect(command.status == 0, "\(command.errors)")
        try expectRefusal(try patch(target: directory.path("none.so")), "none.so", "no build ID", "--build-id")
    }
}
