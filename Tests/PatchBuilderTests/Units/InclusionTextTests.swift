// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import PatchBuilder

@Suite struct `Following include directives` {
    @Test(arguments: [
        ("#include \"a.h\"", "a.h"), ("  #  include <sys/a.h> // \"b.h\"", "sys/a.h"),
        ("#include/* why */\"../a.h\"", "../a.h"), ("a comment's end */ #include \"a.h\"", "a.h"),
        ("#include_next <a.h>", "a.h"), ("#import \"a.h\"", "a.h"), ("%:include \"a.h\"", "a.h"),
        ("(<a.h>)", "a.h"), ("#include NAME", nil), ("#include NAME(\"a.h\")", nil), ("#include \\", nil),
        ("#include", nil), ("#include \"a.h", nil),
    ])
    func `the name is read, or known to be unknown`(line: String, name: String?) {
        #expect(IncludedName.parse(line[...]) == name)
    }

    /// Reads a tree with the machine's own grep and find.
    static func inclusions(_ files: [String: String], links: [String: String] = [:]) async throws -> InclusionText {
        let directory = try TemporaryDirectory()
        let root = BuildRoot(path: directory.path)
        try root.createDirectories()
        for (name, text) in files { try directory.write(text, to: "tree/" + name) }
        for (name, destination) in links { try Files.link(root.tree + "/" + name, to: destination) }
        return try await InclusionText.of(
            root, environment: ToolEnvironment.clean(home: directory.path), progress: { _ in })
    }

    @Test func `what is reached is everything that text leads to`() async throws {
        let inclusions = try await Self.inclusions([
            "a.h": "int a;\n", "b.h": "#if 0\n#include <deep/a.h>\n#endif\n", "c.c": "\t# include \"b.h\"\n",
            "d.c": "#include \"other.h\"\n", "e.c": "#if __has_include(\"a.h\") && __has_include(<none.h>)\n#endif\n",
            "f.c": "#ifdef __has_include\n#endif\n", "g.c": "// see #include \"a.h\"\n",
            "with:colon.c": "#include \"a.h\"",
        ])
        #expect(inclusions.reaching(["a.h"]) == ["a.h", "b.h", "c.c", "e.c", "with:colon.c"])
        #expect(inclusions.reaching(["d.c"]) == ["d.c"])
        #expect(inclusions.includer(of: "x/b.h") == "c.c")
        #expect(inclusions.includer(of: "c.c") == nil)
    }

    @Test func `a file that includes by a macro may include anything, and so may who includes it`() async throws {
        let inclusions = try await Self.inclusions([
            "a.h": "", "b.h": "#include NAME\n", "c.c": "#include \"b.h\"\n", "d.c": "int d;\n",
        ])
        #expect(inclusions.reaching(["a.h"]) == ["a.h", "b.h", "c.c"])
    }

    @Test func `a source is included by a macro only if a macro names it`() async throws {
        let inclusions = try await Self.inclusions([
            "a.c": "", "b.c": "", "d.c": "", "b.h": "#include NAME\n", "c.c": "#include \"b.h\"\n",
            "m.h": "# define NAME \"sub/a.c\" /* or d.cxx */\n", "n.c": "#include TEXT(b.c)\n",
        ])
        #expect(inclusions.reaching(["a.c"]) == ["a.c", "b.h", "c.c", "n.c"])
        #expect(inclusions.reaching(["b.c"]) == ["b.c", "b.h", "c.c", "n.c"])
        #expect(inclusions.reaching(["d.c"]) == ["d.c"])
    }

    @Test func `links lead to what they are links to`() async throws {
        let inclusions = try await Self.inclusions(
            ["source/a.h": "", "c.c": "#include \"alias.h\"\n"], links: ["alias.h": "source/a.h"])
        #expect(inclusions.reaching(["source/a.h"]) == ["source/a.h", "alias.h", "c.c"])
    }

    @Test func `files that include each other are no endless way`() async throws {
        let inclusions = try await Self.inclusions(["a.h": "#include \"b.h\"\n", "b.h": "#include \"a.h\"\n"])
        #expect(inclusions.reaching(["a.h"]) == ["a.h", "b.h"])
    }

    @Test func `a rule for make is read with its quoting`() {
        let rule = "unit: a.c /usr/b\\ c.h \\\n d\\#e.h f$$g.h\\\n  back\\slash.h\n"
        #expect(
            DependencyRule.prerequisites(in: Array(rule.utf8))
                == ["a.c", "/usr/b c.h", "d#e.h", "f$g.h", "back\\slash.h"])
        #expect(DependencyRule.prerequisites(in: []).isEmpty)
        #expect(DependencyRule.prerequisites(in: Array("unit:\\".utf8)).isEmpty)
    }
}
