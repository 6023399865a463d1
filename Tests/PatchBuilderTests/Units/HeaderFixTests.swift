// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import PatchBuilder

@Suite struct `Building a fix of what units include` {
    let project: HeaderProject

    init() throws { project = try HeaderProject() }

    static let limit = HeaderProject.limit
    static let lower = limit.replacing("size > 64 ? 64", with: "size > 32 ? 32")

    @Test func `a header reaches the units that include it, and those with the same code are told apart`() async throws
    {
        let built = try await project.build(["include/limit.h": Self.lower])
        #expect(built.units.map(\.source) == ["first.c", "macro.c", "second.c"])
        #expect(built.unchanged == ["third.c"])
        #expect(built.touched == ["include/limit.h"])
        for unit in built.units { #expect(unit.plain != unit.sectioned && unit.sectioned != unit.fixed) }
    }

    @Test func `a macro of a header changes those that use it`() async throws {
        let built = try await project.build([
            "include/limit.h": Self.limit.replacing("STEP 4", with: "STEP 5")
        ])
        #expect(built.units.map(\.source) == ["third.c"])
        #expect(built.unchanged == ["first.c", "macro.c", "second.c"])
    }

    @Test func `units whose text stays the same are not compiled`() async throws {
        let steps = Steps()
        let text = Self.limit.replacing("#define STEP 4", with: "/* So far. */\n#define STEP 4\n#define UNUSED 1")
        let built = try await project.build(["include/limit.h": text]) { steps.add($0) }
        #expect(built.units.isEmpty)
        #expect(built.unchanged == ["first.c", "macro.c", "second.c", "third.c"])
        #expect(!steps.all.contains { if case .compiling = $0 { true } else { false } })
    }

    @Test func `line numbers in a header and in its macros stay what they were`() async throws {
        let text = Self.limit.replacing(
            "static inline int limit", with: "#if STEP > 99\n#error far\n#endif\n\nstatic inline int limit")
        let built = try await project.build(["include/limit.h": text])
        #expect(built.units.isEmpty)
        #expect(built.unchanged.contains("first.c"))
    }

    @Test func `a source that another one includes reaches that one`() async throws {
        let built = try await project.build(["part.c": "static int part(int size) { return size / 9; }\n"])
        #expect(built.units.map(\.source) == ["whole.c"])
    }

    @Test func `a table of any name that a unit includes reaches it`() async throws {
        let built = try await project.build(["values.txt": "1, 2, 4\n"])
        #expect(built.units.map(\.source) == ["table.c"])
        await #expect(throws: BuildError.unsupportedFile("Makefile", .other)) {
            try await project.build(["Makefile": "all:\n"])
        }
    }

    @Test func `units and headers of one fix are built together`() async throws {
        let built = try await project.build([
            "include/limit.h": Self.lower, "alone.c": "int alone(int size) { return size + 1; }\n",
        ])
        #expect(built.units.map(\.source) == ["alone.c", "first.c", "macro.c", "second.c"])
    }

    @Test func `a new header is there for the fixed build and for no longer`() async throws {
        let built = try await project.build([
            "include/new/more.h": "#define MORE 11\n",
            "alone.c": "#include \"new/more.h\"\nint alone(int size) { return size + MORE; }\n",
        ])
        #expect(built.units.map(\.source) == ["alone.c"])
        #expect(!Files.exists(try project.root() + "/tree/include/new"))
    }

    @Test func `a new header before one of its name reaches who reads that one`() async throws {
        let built = try await project.build(["limit.h": Self.lower])
        #expect(built.units.map(\.source) == ["first.c", "macro.c"])
        #expect(built.unchanged == ["second.c", "third.c"])
    }

    @Test(arguments: ["new.c", "include/new.h"])
    func `a new file that no unit reads is refused`(name: String) async throws {
        await #expect(throws: BuildError.unsupportedFile(name, .createdUnit)) {
            try await project.build([name: "int added(void);\n", "alone.c": "int alone(int x) { return -x; }\n"])
        }
        #expect(!Files.exists(try project.root() + "/tree/" + name))
    }

    @Test func `a new file in the place of one that is there is refused`() async throws {
        let text = "--- /dev/null\n+++ b/alone.c\n@@ -0,0 +1 @@\n+int alone;\n"
        await #expect(throws: BuildError.unsupportedFile("alone.c", .existing)) {
            try await project.build(Fix(parsing: Array(text.utf8)))
        }
    }

    @Test func `a header that no unit includes is refused`() async throws {
        try project.directory.write("int lost;\n", to: "project/include/lost.h")
        await #expect(throws: BuildError.notIncluded("include/lost.h")) {
            try await project.build(["include/lost.h": "int found;\n"])
        }
    }

    @Test func `a header that does not compile names the unit, and the tree is put back`() async throws {
        let error = await #expect(throws: BuildError.self) {
            try await project.build(["include/limit.h": Self.limit.replacing("? 64", with: "? nonsense")])
        }
        guard case .unitFailed(_, true, let lines) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(lines.contains { $0.contains("nonsense") })
        #expect(try await project.build(["include/limit.h": Self.lower]).units.count == 3)
    }

    @Test func `a second build of a header fix calls no compiler`() async throws {
        let first = try await project.build(["include/limit.h": Self.lower])
        let steps = Steps()
        let second = try await project.build(first.fix) { steps.add($0) }
        #expect(steps.all.isEmpty)
        #expect(first.units.map(\.fixed) == second.units.map(\.fixed))
        #expect(first.unchanged == second.unchanged)
    }

    @Test func `a header that an option includes reaches all units with that option`() async throws {
        let project = try HeaderProject(command: "$(CC) -O2 -fPIC -include include/limit.h -Iinclude -c -o $@ $<")
        let built = try await project.build([
            "include/limit.h": Self.limit.replacing("#endif", with: "#define size (size)\n#endif")
        ])
        #expect(built.unchanged.contains("alone.c"))
    }

    @Test func `a header of which the build makes a copy is refused`() async throws {
        let project = try HeaderProject(
            command: "mkdir -p made; cp include/limit.h made; $(CC) -O2 -fPIC -Imade -c -o $@ $<")
        await #expect(throws: BuildError.unsupportedFile("include/limit.h", .copied(to: "made/limit.h"))) {
            try await project.build(["include/limit.h": Self.lower])
        }
    }

    @Test func `a header behind a link reaches the units that include the link`() async throws {
        let project = try HeaderProject(
            command: "mkdir -p made; ln -sf ../include/limit.h made; $(CC) -O2 -fPIC -Imade -c -o $@ $<")
        let built = try await project.build(["include/limit.h": Self.lower])
        #expect(built.units.map(\.source) == ["first.c", "macro.c", "second.c"])
    }
}
