// SPDX-License-Identifier: Apache-2.0

import LivePatch
import PatchBuilder
import Testing

/// What the author's tool writes down of a target and a fix, for people.
@Suite struct ReviewDocumentTests {
    private static let original = """
        #include <stdio.h>
        static int counter;
        __attribute__((noinline)) static int own(int x) { counter += x; puts("hello there"); return counter * 3; }
        int exported(int x) { printf("%d\\n", x); return own(x) + 1; }
        int direct(int x) { return own(x) * 5; }
        int through(int x) { return exported(x) * 7; }
        int tail(int x) { return own(x ^ 1); }
        int (*const table[])(int) = {own, exported};
        int (*taken(void))(int) { return own; }
        """
    private static let fixed =
        original
        .replacing("counter += x;", with: "if (x > 0) counter += x;")
        .replacing("return own(x) + 1;", with: "return own(x) + 2;")

    private func document() throws -> ReviewDocument {
        try ReviewDocument(parsing: CompiledFix(original: Self.original, fixed: Self.fixed).artefact().review)
    }

    @Test func `callers are found wherever they are, with how they refer to the function`() throws {
        let document = try document()
        let own = try #require(document.functions.first { $0.name == "own" })
        func who(_ kind: ReviewDocument.Caller.Kind, _ function: ReviewDocument.Function) -> Set<String?> {
            Set((function.callers ?? []).filter { $0.kind == kind }.map(\.symbol))
        }
        #expect(who(.call, own) == ["exported", "direct"])
        #expect(who(.jump, own) == ["tail"])
        #expect(who(.address, own) == ["taken"])
        #expect(who(.pointer, own) == ["table"])
        let exported = try #require(document.functions.first { $0.name == "exported" })
        #expect(who(.call, exported) == ["through"], "through the linkage table")
        #expect(who(.pointer, exported) == ["table"])
    }

    @Test func `what the original code refers to has names`() throws {
        let names = try document().targetNames
        #expect(names.contains { $0.kind == .text && $0.name == "hello there" })
        #expect(names.contains { $0.kind == .datum && $0.name == "counter" })
        #expect(names.contains { $0.kind == .function && $0.name == "puts" })
        #expect(names.map(\.address) == names.map(\.address).sorted())
    }

    @Test func `texts that the patch brings have names`() throws {
        let names = try document().imageNames
        #expect(names.contains { $0.kind == .text && $0.name == "hello there" })
    }

    @Test func `the same fix gives the same bytes`() throws {
        let (unit, target) = try CompiledFix(original: Self.original, fixed: Self.fixed).compiled()
        let options = PatchOptions(level: 1, fixes: [], revertHazards: [], compiler: "gcc")
        let first = try PatchAssembly.artefact(from: [unit], targets: [target], options: options).encoded()
        let second = try PatchAssembly.artefact(from: [unit], targets: [target], options: options).encoded()
        #expect(first == second)
    }
}
