// SPDX-License-Identifier: Apache-2.0

import Foundation
import LivePatch
import TestSupport
import Testing

/// What proves that a patch fits its target: the code, the compiler's name, a rebuild.
@Suite(.timeLimit(.minutes(10))) struct FidelityTests {
    private let directory: TemporaryDirectory

    /// Two units with equal code, and a third one.
    init() throws {
        directory = try TemporaryDirectory()
        try directory.write(
            """
            libf.so: first.c second.c
            \tgcc -O2 -fPIC -c first.c && gcc -O2 -fPIC -c second.c && gcc -O2 -fPIC -c third.c
            \tgcc -shared -Wl,--build-id=sha1 first.o second.o third.o -o libf.so

            """, to: "project/Makefile")
        for name in ["first", "second"] {
            try directory.write("int \(name)(int x) { return x * 3 + 1; }\n", to: "project/\(name).c")
        }
        try directory.write("int third(int x) { return x * 9 + 4; }\n", to: "project/third.c")
        _ = try Command("make", ["-s"], in: directory.url.appending(path: "project"))
        try FileManager.default.moveItem(atPath: directory.path("project/libf.so"), toPath: directory.path("libf.so"))
        for name in ["first.o", "second.o", "third.o"] { try directory.remove("project/" + name) }
    }

    private func patch(
        _ unit: String, from old: String, to new: String, options: [String] = []
    ) throws -> Command {
        let text: String = try directory.read("project/\(unit).c")
        try directory.write(text.replacing(old, with: new), to: "fixed.c")
        let difference = try Command(
            "diff", ["-u", "--label", "a/\(unit).c", "--label", "b/\(unit).c", "project/\(unit).c", "fixed.c"],
            in: directory.url)
        let fix = try directory.write(difference.output, to: "fix.patch")
        return try Tools.author(
            [
                "patch", "--source", directory.path("project"), "--build", "make -s", "--target",
                directory.path("libf.so"),
                "--fix", fix, "--output", directory.path("fix.mend"), "--cache", directory.path("cache"),
            ] + options)
    }

    private func manifest() throws -> Manifest { try Artefact(parsing: try directory.read("fix.mend")).manifest }

    private func shipped(_ program: String, _ arguments: [String]) throws {
        let command = try Command(program, arguments, in: directory.url)
        #expect(command.status == 0, "\(command.errors)")
    }

    @Test func `a target that is built here again is proved three ways`() throws {
        try shipped("strip", ["--strip-all", "libf.so"])
        let command = try patch("third", from: "4", to: "5", options: ["--prove-rebuild"])
        #expect(command.status == 0, "\(command.errors)")
        let evidence = try manifest().evidence
        #expect(evidence.map(\.kind) == [.code, .compiler, .rebuild])
        #expect(evidence[0].subject == "third.c")
        #expect(evidence[0].detail.contains("bytes of 1 section are equal"), "\(evidence[0].detail)")
        #expect(evidence[1].detail.contains("GCC: ("), "\(evidence[1].detail)")
        #expect(evidence[2].detail == "\(try manifest().target.buildID)")
        let inspection = try Tools.author(["inspect", directory.path("fix.mend")]).output
        for text in ["code: third.c", "compiler: libf.so, GCC", "rebuild: libf.so"] {
            #expect(inspection.contains(text))
        }
    }

    @Test func `a target that does not name its compiler is no error, and no proof of it`() throws {
        try shipped("strip", ["--strip-all", "--remove-section=.comment", "libf.so"])
        let command = try patch("third", from: "4", to: "5")
        #expect(command.status == 0, "\(command.errors)")
        #expect(try manifest().evidence.map(\.kind) == [.code, .rebuild])
    }

    @Test func `a target of another compiler is refused with both names`() throws {
        try directory.write("GCC: (Other 9.9.9) 9.9.9\0", to: "comment")
        try shipped("objcopy", ["--update-section", ".comment=comment", "libf.so"])
        let command = try patch("third", from: "4", to: "5")
        #expect(command.status == 3)
        #expect(command.errors.contains("‘GCC: (Other 9.9.9) 9.9.9’"), "\(command.errors)")
        let own = try Command("gcc", ["--version"]).output.split(separator: "\n")[0].split(separator: " ").last ?? ""
        #expect(command.errors.contains(own), "\(command.errors)")
    }

    @Test(arguments: ["first", "second"])
    func `equal code in two places is told apart by the symbols of the rebuilt target`(unit: String) throws {
        let symbols = try Command("nm", ["--dynamic", directory.path("libf.so")]).output
        let line = try #require(symbols.split(separator: "\n").first { $0.hasSuffix(" T \(unit)") })
        try shipped("strip", ["--strip-all", "libf.so"])
        let command = try patch(unit, from: "+ 1", to: "+ 2")
        #expect(command.status == 0, "\(command.errors)")
        let address = try manifest().functions.first?.pieces.first?.address
        #expect(address == UInt64(line.split(separator: " ")[0], radix: 16))
    }

    @Test func `equal code in two places of a target that was not rebuilt is refused with the way out`() throws {
        // Another build ID: the shipped file is not the one that is built here.
        try shipped(
            "sh",
            [
                "-c",
                // Neither function is exported, so that no name tells them apart.
                """
                cd project && make -s && echo '{ global: third; local: *; };' >exports && \
                gcc -shared -s -Wl,--build-id=0x0123456789abcdef,--version-script=exports *.o -o ../libf.so && \
                rm *.o *.so exports
                """,
            ])
        for options in [[], ["--prove-rebuild"]] {
            let command = try patch("first", from: "+ 1", to: "+ 2", options: options)
            #expect(command.status == 3)
            #expect(command.errors.contains("2 times"), "\(command.errors)")
            #expect(command.errors.contains("symbols of a rebuilt target would tell"), "\(command.errors)")
        }
        let unproved = try patch("third", from: "4", to: "5")
        #expect(unproved.status == 0, "\(unproved.errors)")
        #expect(try manifest().evidence.map(\.kind) == [.code, .compiler])
        let demanded = try patch("third", from: "4", to: "5", options: ["--prove-rebuild"])
        #expect(demanded.status == 3)
        #expect(demanded.errors.contains("0123456789abcdef"), "\(demanded.errors)")
    }
}
