// SPDX-License-Identifier: Apache-2.0

import LivePatch
import TestSupport
import Testing

/// A name that a fix uses anew may be the target's own and another library's: here `a64l`, which glibc exports.
@Suite(.timeLimit(.minutes(10))) struct SymbolHolderTests {
    private static let original = "int f(int x) { return x * 3 + 1; }\n"
    private static let fixed = """
        long a64l(const char *text);
        int f(int x) { return (int)a64l("A") + x; }

        """
    /// What the target's own gives for `A`; glibc's gives 12.
    private static let own = 65_000
    private static let script = "-Wl,--version-script=exports"
    private static let hidden = "__attribute__((visibility(\"hidden\"))) "
    private static let definition = "long a64l(const char *text) { return text[0] * 1000L + text[1] * 7; }\n"
    private static let use = "long g(const char *text) { return a64l(text) * 5 + text[0]; }\n"

    private func project(_ other: String, linking: String) throws -> PatchProject {
        try PatchProject(Self.original, as: .libraryWith("other.c", other, linking: linking))
    }

    private func expectOwn(_ project: PatchProject, _ fixed: String = SymbolHolderTests.fixed) throws {
        let patch = try project.patch(fixed)
        let artefact = try Artefact(parsing: try project.directory.read("fix.mend"))
        #expect(artefact.imports.isEmpty, "\(artefact.imports)")
        let target = try project.start()
        #expect(try target.call(10) == 31)
        let apply = try Tools.host("apply", patch, "--pid", target.pid)
        #expect(apply.status == 0, "\(apply.errors)\(apply.output)")
        #expect(try target.call(10) == Self.own + 10)
        #expect(try Tools.host("revert", patch, "--pid", target.pid).status == 0)
        #expect(try target.call(10) == 31)
    }

    @Test(arguments: [
        (hidden + definition, "-s"), (definition, "-s " + script), (definition, script), (hidden + definition, ""),
        ("#define NAME(part) a ## part ## l\n" + definition.replacing("a64l", with: "NAME(64)"), "-s " + script),
        // Only who uses it tells: the definition itself is there twice.
        (
            definition + use + definition.replacing("a64l", with: "b64l"), "-s -Wl,--no-gc-sections " + script
        ),
    ])
    func `the target's own symbol is meant, and not another library's of its name`(
        other: String, linking: String
    ) throws {
        let keeps = other.contains("##")
        let project = try project(other, linking: linking)
        guard keeps else { return try expectOwn(project) }
        // A name that macros put together stands in no source: the build's own object tells.
        let makefile: String = try project.directory.read("project/Makefile")
        try project.directory.write(
            makefile.replacing("test -n \"$$KEEP\" || rm", with: "true"), to: "project/Makefile")
        try expectOwn(project)
    }

    @Test func `a hidden declaration is never another library's`() throws {
        let fixed = Self.hidden + Self.fixed
        try expectOwn(try project(Self.definition, linking: "-s " + Self.script), fixed)
        // Nothing defines it, so that a linker would refuse the fix, too.
        let build = try project("long h(void) { return 5; }\n", linking: "-s").build(fixed)
        #expect(build.status == 3)
        #expect(build.errors.contains("a64l") && build.errors.contains("hidden"), "\(build.errors)")
    }

    @Test func `a symbol that assembler may define is refused with the way out`() throws {
        let assembler = """
            .text
            .globl a64l
            .hidden a64l
            .type a64l, @function
            a64l: movl $4711, %eax
                ret
            .size a64l, .-a64l
            .section .note.GNU-stack,"",@progbits

            """
        let project = try PatchProject(Self.original, as: .libraryWith("other.s", assembler, linking: "-s"))
        let build = try project.build(Self.fixed)
        #expect(build.status == 3)
        #expect(build.errors.contains("other.s seems to define it for the target alone"), "\(build.errors)")
        #expect(build.errors.contains("--prove-rebuild"), "\(build.errors)")
    }

    @Test(arguments: ["", "-s"])
    func `another unit's static function is nobody else's`(linking: String) throws {
        let project = try project("static __attribute__((noinline)) " + Self.definition + Self.use, linking: linking)
        let patch = try project.patch(Self.fixed)
        #expect(try Artefact(parsing: try project.directory.read("fix.mend")).imports.map(\.name) == ["a64l"])
        let target = try project.start()
        #expect(try Tools.host("apply", patch, "--pid", target.pid).status == 0)
        #expect(try target.call(10) == 12 + 10)
    }

    @Test func `a target's own symbol that other code defines is used as it is in a level`() throws {
        let project = try project(Self.hidden + Self.definition, linking: "-s")
        try project.directory.write("0001.patch\n", to: "queue/series")
        try project.directory.write(
            """
            --- a/target.c
            +++ b/target.c
            @@ -1 +1,2 @@
            -int f(int x) { return x * 3 + 1; }
            +long a64l(const char *text);
            +int f(int x) { return (int)a64l("A") + x; }

            """, to: "queue/0001.patch")
        let level = try project.author(
            "level", [project.directory.path("queue"), "--output", project.directory.path, "--name", "own"])
        #expect(level.status == 0, "\(level.errors)\(level.output)")
        let artefact = try Artefact(parsing: try project.directory.read("own-1.mend"))
        #expect(artefact.imports.isEmpty, "\(artefact.imports)")
    }

    @Test func `a process in a root of its own is patched and reverted`() throws {
        let project = try project(Self.hidden + Self.definition, linking: "-s")
        let patch = try project.patch(Self.fixed)
        let target = try project.startInOwnRoot()
        #expect(try target.call(10) == 31)
        let apply = try Tools.host("apply", patch, "--pid", target.pid)
        #expect(apply.status == 0, "\(apply.errors)\(apply.output)")
        #expect(try target.call(10) == Self.own + 10)
        #expect(try Tools.host("revert", patch, "--pid", target.pid).status == 0)
        #expect(try target.call(10) == 31)
    }
}
