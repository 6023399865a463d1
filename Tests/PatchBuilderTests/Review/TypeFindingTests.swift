// SPDX-License-Identifier: Apache-2.0

import LivePatch
import TestSupport
import Testing

@testable import PatchBuilder

/// What the review says of types, in a patch.
@Suite struct TypeFindingTests {
    private static let rules: Set<Finding.Rule> = [.changedLayout, .changedMeaning, .changedType, .typesNotCompared]

    private func findings(_ original: String, _ fixed: String, further: [String] = []) throws -> [Finding] {
        var fix = CompiledFix(original: original, fixed: fixed)
        fix.furtherUnits = further
        return try fix.findings().filter { Self.rules.contains($0.rule) }
    }

    @Test func `a structure that changes is a blocking finding`() throws {
        let source = "struct s { int a; EXTRA int b; }; int f(struct s *p) { return p->a * 31 + p->b; }"
        let found = try findings(source.replacing("EXTRA", with: ""), source.replacing("EXTRA", with: "int z;"))
        #expect(found.map(\.rule) == [.changedLayout])
        #expect(found.first?.weight == .blocking)
        #expect(found.first?.symbols == ["struct s"])
        #expect(found.first?.unit == "unit.c")
        #expect(found.first?.facts.contains("member b: offset 8, was 4 (4 bytes)") == true)
        #expect(found.first?.facts.contains("reached from f") == true)
    }

    @Test func `a fix that only changes code has no finding`() throws {
        let source = "struct s { int a; int b; }; int f(struct s *p) { return p->a * 31 + p->b BODY; }"
        #expect(try findings(source.replacing("BODY", with: ""), source.replacing("BODY", with: "+ 2")).isEmpty)
    }

    @Test func `an exported function that is called in another way is a finding`() throws {
        let found = try findings("int f(int x) { return x * 31; }", "int f(unsigned x) { return x / 31; }")
        #expect(found.map(\.rule) == [.changedMeaning])
        #expect(found.first?.symbols == ["f"])
        #expect(
            found.first?.facts == [
                "parameter 1: unsigned int, was int", "it is exported: other programs and libraries may call it",
            ])
    }

    @Test func `a hidden function is a finding only if code that stays calls it`() throws {
        let shared = "__attribute__((visibility(\"hidden\"), noinline)) int f(TYPE x) { return x * 31 / 7; }"
        let caller = "int f(TYPE x); int g(int x) { return f(x) + 1 FIX; }"
        func text(_ type: String, _ fix: String) -> String {
            (caller + shared).replacing("TYPE", with: type).replacing("FIX", with: fix)
        }
        #expect(try findings(text("int", ""), text("unsigned", "+ 2")).isEmpty)
        let further = "__attribute__((visibility(\"hidden\"))) int f(int x); int h(int x) { return f(x) - 4; }"
        let found = try findings(text("int", ""), text("unsigned", "+ 2"), further: [further])
        #expect(found.map(\.symbols) == [["f"]])
        #expect(found.first?.facts.last?.hasPrefix("code that stays refers to it at 0x") == true)
    }

    @Test func `without debugging information types count as not compared`() throws {
        var fix = CompiledFix(original: "int f(int x) { return x * 31; }", fixed: "int f(int x) { return x * 37; }")
        fix.lastFlags = ["-g0"]
        let found = try fix.findings().filter { $0.rule == .typesNotCompared }
        #expect(found.count == 1)
        #expect(found.first?.weight == .blocking)
        #expect(found.first?.facts == ["the unfixed unit has no debugging information"])
    }
}
