// SPDX-License-Identifier: Apache-2.0

import Synchronization
import TestSupport
import Testing

@testable import PatchBuilder

@Suite struct `Building a fix of a project` {
    let directory: TemporaryDirectory
    let cache: BuildCache

    init() throws {
        directory = try TemporaryDirectory()
        cache = try BuildCache(path: directory.path + "/cache")
        try directory.write(
            """
            CFLAGS = -O2 -fPIC
            all: libgreeting.so libgreeting.a
            libgreeting.so: greeting.o other.o
            \t$(CC) -shared -o $@ $^
            libgreeting.a: static.o
            \t$(AR) rc $@ $^
            static.o: src/greeting.c
            \t$(CC) -O2 -DSTATIC -c -o $@ $<
            greeting.o: src/greeting.c
            \t$(CC) $(CFLAGS) -MMD -MF greeting.d -c -o $@ $<
            again.o: src/greeting.c
            \t$(CC) $(CFLAGS) -c -o $@ $<
            libgreeting.so: again.o
            other.o: other.c
            \t$(CC) $(CFLAGS) -c -o $@ $<

            """.replacing("$^", with: "$(filter-out again.o,$^)"), to: "project/Makefile")
        try directory.write(Self.unfixed, to: "project/src/greeting.c")
        try directory.write("int other(void) { return 1; }\n", to: "project/other.c")
    }

    static let unfixed = """
        int limit(int size) {
            return size;
        }

        int after(void) {
            return __LINE__;
        }

        """

    static let fix = """
        --- a/src/greeting.c
        +++ b/src/greeting.c
        @@ -1,3 +1,6 @@
         int limit(int size) {
        +    if (size > 4096) {
        +        return 4096;
        +    }
             return size;
         }

        """

    func project(_ command: String = "make", target: String = "libgreeting.so") -> SourceSelection {
        .project(Project(directory: directory.path + "/project", buildCommand: command, targets: [target]))
    }

    func build(_ fix: String = fix, from selection: SourceSelection) async throws -> BuiltFix {
        try await buildFix(from: selection, fix: Fix(parsing: Array(fix.utf8)), cache: cache) { _ in }
    }

    @Test func `every way of compiling the touched source gives one candidate`() async throws {
        let built = try await build(from: project())
        #expect(built.units.map(\.source) == ["src/greeting.c", "src/greeting.c"])
        #expect(Set(built.units.map { $0.compileCommand.contains("-DSTATIC") }) == [false, true])
        #expect(built.targets.map(\.name) == ["libgreeting.so"])
        #expect(!built.compiler.isEmpty)
        for unit in built.units {
            #expect(unit.plain != unit.sectioned)
            #expect(unit.sectioned != unit.fixed)
        }
    }

    @Test func `the project itself and the tree in the cache are left as they were`() async throws {
        _ = try await build(from: project())
        #expect(try directory.read("project/src/greeting.c") == Self.unfixed)
        #expect(!directory.exists("project/libgreeting.so"))
        let root = try #require(try Files.names(in: cache.path + "/roots").first)
        #expect(try directory.read("cache/roots/\(root)/1/tree/src/greeting.c") == Self.unfixed)
        #expect(!directory.exists("cache/roots/\(root)/1/pristine"))
    }

    @Test func `a second build compiles nothing`() async throws {
        let first = try await build(from: project())
        let steps = Steps()
        let second = try await buildFix(from: project(), fix: first.fix, cache: cache) { steps.add($0) }
        #expect(steps.all.isEmpty)
        #expect(first.units.map(\.fixed) == second.units.map(\.fixed))
    }

    @Test func `a tree with the results of an earlier build is compiled all the same`() async throws {
        for name in ["project/greeting.o", "project/other.o", "project/static.o", "project/again.o"] {
            try directory.write("\u{7F}ELF of an earlier build", to: name)
        }
        #expect(try await build(from: project()).units.count == 2)
    }

    @Test func `an existing target is the one that was shipped`() async throws {
        let first = try await build(from: project())
        let shipped = directory.path + "/installed.so"
        try Files.write(first.targets[0].bytes + [0], to: shipped)
        #expect(try await build(from: project(target: shipped)).targets.map(\.path) == [shipped])
    }

    @Test func `what cannot be built is refused by name`() async throws {
        await #expect(throws: BuildError.noSuchTarget("nothing.so")) {
            try await build(from: project(target: "nothing.so"))
        }
        await #expect(throws: BuildError.nothingRecorded(command: "true")) { try await build(from: project("true")) }
        let text = "--- other.c\n+++ other.c\n@@ -1 +1 @@\n-int other(void) { return 1; }\n+int other(void);\n"
        await #expect(throws: BuildError.unitNotCompiled("other.c")) {
            try await build(text, from: project("make static.o", target: "/bin/true"))
        }
    }

    @Test func `a failing build shows its last lines`() async throws {
        let error = await #expect(throws: BuildError.self) {
            try await build(from: project("echo one problem >&2; exit 7"))
        }
        guard case .toolFailed(_, _, .exited(7), ["one problem"], _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func `a fix that does not compile is refused and the tree put back`() async throws {
        let broken = Self.fix.replacing("return 4096", with: "return nonsense")
        let error = await #expect(throws: BuildError.self) { try await build(broken, from: project()) }
        guard case .unitFailed("src/greeting.c", true, let lines) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(lines.contains { $0.contains("nonsense") })
        #expect(try await build(from: project()).units.count == 2)
    }
}

/// Collects steps; the builder may tell them from any thread.
final class Steps: Sendable {
    private let steps = Mutex<[BuildStep]>([])
    var all: [BuildStep] { steps.withLock { $0 } }
    func add(_ step: BuildStep) { steps.withLock { $0.append(step) } }
}
