// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import TestSupport
import Testing

@testable import PatchBuilder

/// A Debian source package, from its description to what it links, without the archive.
@Suite(.timeLimit(.minutes(10))) struct `Building a Debian package` {
    let directory: TemporaryDirectory
    let root: BuildRoot

    init() throws {
        directory = try TemporaryDirectory()
        root = BuildRoot(path: directory.path("root"))
        try root.createDirectories()
        try directory.write("int hello(int x) { return x * 3 + STAMP % 7; }\n", to: "hello-1.0/hello.c")
        try directory.write("3.0 (native)\n", to: "hello-1.0/debian/source/format")
        try directory.write(
            "hello (1.0) unstable; urgency=low\n\n  * First.\n\n -- A <a@example.org>  Sat, 01 Jan 2022 00:00:00 +0000\n",
            to: "hello-1.0/debian/changelog")
        try directory.write(
            """
            Source: hello
            Maintainer: A <a@example.org>
            Standards-Version: 4.6.0

            Package: libhello
            Architecture: any
            Description: a library

            """, to: "hello-1.0/debian/control")
        // Debugging information holds the folder, and the build ID depends on it and on the time.
        try directory.write(Self.rules, to: "hello-1.0/debian/rules")
        let made = try Command("dpkg-source", ["--build", "hello-1.0"], in: directory.url)
        #expect(made.status == 0, "\(made.errors)")
    }

    private static let compilation =
        "gcc -g -O2 -fPIC -shared -Wl,--build-id=sha1 -DSTAMP=$SOURCE_DATE_EPOCH -o libhello.so hello.c"

    private static let rules =
        "#!/usr/bin/make -f\nSHELL = /bin/sh\nSOURCE_DATE_EPOCH ?= 1\nbuild-arch:\n\t"
        + compilation.replacing("$SOURCE_DATE_EPOCH", with: "$(SOURCE_DATE_EPOCH)") + "\n"

    var build: PackageBuild {
        PackageBuild(
            root: root, package: DebianPackage(name: "hello", version: "1.0"),
            environment: ToolEnvironment.clean(home: directory.path)
        ) { _ in }
    }

    var description: String { root.path + "/downloads/hello_1.0.dsc" }

    /// What a builder of the distribution ships, at the path of its builders and the time of the change log.
    func shipped() async throws -> TargetFile {
        try FileManager.default.copyItem(atPath: directory.path("hello-1.0"), toPath: directory.path("builder"))
        var sandbox = Sandbox(writable: [])
        sandbox.relocated = ["/build/reproducible-path/hello-1.0": directory.path("builder")]
        var environment = ToolEnvironment.clean(home: "/")
        environment["SOURCE_DATE_EPOCH"] = "1640995200"
        try await ToolCall(
            tool: .shell, arguments: ["-c", Self.compilation], directory: "/build/reproducible-path/hello-1.0",
            environment: environment, log: directory.path("log"), sandbox: sandbox
        ).run()
        let stripped = try Command("strip", [directory.path("builder/libhello.so")])
        #expect(stripped.status == 0, "\(stripped.errors)")
        return TargetFile(
            name: "libhello.so", path: directory.path("builder/libhello.so"),
            bytes: try directory.read("builder/libhello.so"), package: nil)
    }

    func prepare() async throws {
        try Files.createDirectory(root.path + "/downloads")
        for file in ["hello_1.0.dsc", "hello_1.0.tar.xz"] {
            try Files.copy(directory.path(file), to: root.path + "/downloads/" + file)
        }
        try await build.unpack(description)
        try await build.prepare()
    }

    @Test func `its own build is recorded, apart from the machine`() async throws {
        try await prepare()
        let commands = try #require(try root.commands(for: "hello.c"))
        #expect(commands.commands.map(\.options) == [["-g", "-O2", "-fPIC", "-shared", "-DSTAMP=1"]])
        #expect(try build.commandCount() == 1)
    }

    @Test func `a build where its builders build makes the shipped file again, once`() async throws {
        let shipped = try await shipped()
        try await prepare()
        let first = try await root.compareWithBuild([shipped], proving: false) {
            () async throws(BuildError) -> String in
            Issue.record("built without need")
            return ""
        }
        #expect(first.map(\.isRebuilt) == [false], "the folder and the time differ")
        let proved = try await root.compareWithBuild([shipped], proving: true) {
            () async throws(BuildError) -> String in try await build.rebuild(description)
        }
        #expect(proved.map(\.isRebuilt) == [true])
        #expect(!Files.exists(root.path + "/rebuild"))
        let again = try await root.compareWithBuild([shipped], proving: true) { () async throws(BuildError) -> String in
            Issue.record("built twice")
            return ""
        }
        #expect(again.map(\.isRebuilt) == [true])
        let symbols = try Command("nm", [try #require(again[0].rebuilt?.path)]).output
        #expect(symbols.contains(" T hello"), "the file with symbols is kept: \(symbols)")
    }

    @Test func `what units include is generated as of the version's time, and nothing else is`() async throws {
        try await prepare()
        // As OpenSSL's makefile puts it: the variables have their values only at its end.
        let makefile = """
            all: $(GENERATED)
            GENERATED_MANDATORY = config.h
            GENERATED = names.h table.c code.s manual.pod
            $(GENERATED_MANDATORY) $(GENERATED): ; echo '/* '$$SOURCE_DATE_EPOCH' */' > $@

            """
        try Files.write(Array(makefile.utf8), to: root.tree + "/Makefile")
        try await build.generate(Recipe.generatedByOpenSSL, in: root.tree)
        for name in ["config.h", "names.h", "table.c"] {
            #expect(String(decoding: try Files.read(root.tree + "/" + name), as: UTF8.self) == "/* 1640995200 */\n")
        }
        for name in ["code.s", "manual.pod", "all"] { #expect(!Files.exists(root.tree + "/" + name)) }
    }

    @Test(.timeLimit(.minutes(10)))
    func `what a build leaves is searched without waiting for what is no file`() throws {
        let made = try Command("mkfifo", [directory.path("hello-1.0/pipe")])
        #expect(made.status == 0, "\(made.errors)")
        try FileManager.default.createSymbolicLink(
            atPath: directory.path("hello-1.0/loop"), withDestinationPath: directory.path("hello-1.0"))
        #expect(try LinkedFiles(below: directory.path("hello-1.0"), isProof: false).files.isEmpty)
    }

    @Test(arguments: [
        (BuildError.packageNotOffered("opensll"), "the configured archive has no source package ‘opensll’"),
        (
            .versionNotOffered(package: "openssl", version: "3.0.99", offered: ["3.0.20-1", "3.0.17-1"]),
            "does not offer openssl 3.0.99; it offers 3.0.20-1, 3.0.17-1"
        ), (.noArchive(release: "bookworm"), "/etc/apt/sources.list.d"),
        (.malformedPackage("openssl"), "NAME=VERSION"),
    ])
    func `what the archive lacks is named with what there is`(error: BuildError, words: String) {
        #expect(error.description.contains(words))
    }
}
