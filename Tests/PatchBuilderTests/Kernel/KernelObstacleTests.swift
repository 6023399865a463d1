// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import PatchBuilder

/// What a running kernel cannot take is refused with its symbol, its section, and what works instead.
@Suite struct KernelObstacleTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var kind: KernelObstacle.Kind
        var symbol: String
        var source: String
        var old: String
        var new: String
        var parent = "vmlinux"
        var testDescription: String { kind.rawValue }
    }

    static let cases = [
        Case(
            kind: .initialization, symbol: "setup",
            source: "extern void prepare(int); __attribute__((section(\".init.text\"))) int setup(void) "
                + "{ prepare(1); return 0; } int show(int x) { return x; }", old: "prepare(1)", new: "prepare(2)"),
        Case(
            kind: .changedData, symbol: "limit",
            source: "int limit = 5; int show(int x) { return x > limit; }", old: "limit = 5", new: "limit = 6"),
        Case(
            kind: .changedConstant, symbol: "table",
            source: "const int table[] = { 1, 2, 3 }; int show(int x) { return table[x]; }", old: "2, 3", new: "2, 4"),
        Case(
            kind: .notTraceable, symbol: "show",
            source: "__attribute__((no_instrument_function)) int show(int x) { return x; }", old: "return x",
            new: "return x + 1"),
        Case(
            kind: .newExport, symbol: "show",
            source: "int show(int x) { return x; } \n#ifdef EXPORT\nasm(\".section ___ksymtab+show,\\\"a\\\"\\n"
                + ".type __ksymtab_show, @object\\n__ksymtab_show: .long show - .\\n.size __ksymtab_show, 4\");\n#endif\n",
            old: "#ifdef EXPORT", new: "#if 1"),
        Case(
            kind: .newExport, symbol: "show",
            source: "int show(int x) { return x; } \n#ifdef EXPORT\nasm(\".section .export_symbol,\\\"a\\\"\\n"
                + "__export_symbol_show: .asciz \\\"GPL\\\"\\n.balign 8\\n.quad show\");\n#endif\n",
            old: "#ifdef EXPORT", new: "#if 1"),
        Case(
            kind: .changedTable, symbol: "__param+0x0",
            source: "int show(int x) { return x; }\nasm(\".section __param,\\\"a\\\"\\n.quad 7\");", old: ".quad 7",
            new: ".quad 8"),
        Case(
            kind: .keyInModule, symbol: "act.key,0",
            source: "int key; int show(int x) { return branch(&key) ? x : 0; }", old: "? x : 0", new: "? x : 1",
            parent: "act"),
        Case(
            kind: .freedTarget, symbol: "start",
            source: "__attribute__((section(\".init.data\"))) int start = 5; int show(int x) { return x; }",
            old: "return x;", new: "return x + start;"),
    ]

    @Test(arguments: cases) func `what cannot be done is named`(_ example: Case) throws {
        let units = try KernelUnits(example.source, replacing: example.old, with: example.new)
        let refusal = #expect(throws: KernelRefusal.self) { try units.patch(in: example.parent) }
        guard case .obstacles(let obstacles) = refusal else {
            Issue.record("\(String(describing: refusal))")
            return
        }
        #expect(obstacles.map(\.kind) == [example.kind])
        #expect(obstacles.first?.symbol == example.symbol)
        let text = obstacles.first?.description ?? ""
        #expect(text.contains(example.symbol) && text.contains("section ") && text.contains("unit.c"))
    }

    @Test func `a symbol that several sources have needs more than its name`() throws {
        let units = try KernelUnits(
            "static int state; int show(int x) { state += x; return state; }", replacing: "state += x;",
            with: "state += x + 1;")
        let twice = """
            ffffffff81000000 T show
            ffffffff82000000 b state
            ffffffff82000010 b state
            """
        #expect(
            throws: KernelRefusal.ambiguousSymbol(unit: "unit.c", symbol: "state", parent: "vmlinux", count: 2)
        ) { try units.patch(symbols: twice) }
        let files = """
            Symbol table '.symtab' contains 7 entries:
               Num:    Value          Size Type    Bind   Vis      Ndx Name
                 1: 0000000000000000     0 FILE    LOCAL  DEFAULT  ABS other.c
                 2: ffffffff82000010     4 OBJECT  LOCAL  DEFAULT    3 state
                 3: 0000000000000000     0 FILE    LOCAL  DEFAULT  ABS unit.c
                 4: ffffffff82000000     4 OBJECT  LOCAL  DEFAULT    3 state
                 5: ffffffff81000000    16 FUNC    GLOBAL DEFAULT    1 show
            """
        let output = try units.patch(symbols: files)
        #expect(
            try PatchContentsView(output.object).targets(in: ".text.show").values.contains(
                ".klp.sym.vmlinux.state,1@vmlinux"))
        var differ = try units.differ(symbols: twice)
        differ.linkage.addresses = ["state": 0xffff_ffff_8200_0010]
        let located = try differ.patch(from: units.original, to: units.patched)
        #expect(
            try PatchContentsView(located.object).targets(in: ".text.show").values.contains(
                ".klp.sym.vmlinux.state,2@vmlinux"))
    }

    @Test func `what nobody has is refused`() throws {
        let units = try KernelUnits(
            "extern int secret(int); int show(int x) { return x; }", replacing: "return x;", with: "return secret(x);")
        let exportsNothing = try units.differ(symbols: "ffffffff81000000 T show\n")
        var differ = exportsNothing
        differ.linkage.exports = try ExportTable(parsing: Array("0x1\t__fentry__\tvmlinux\tEXPORT_SYMBOL\t\n".utf8))
        #expect(
            throws: KernelRefusal.unknownSymbol(
                unit: "unit.c", symbol: "secret", function: "show", parent: "vmlinux")
        ) { try differ.patch(from: units.original, to: units.patched) }
    }

    @Test func `damaged objects are refused, and nothing traps`() throws {
        let units = try KernelUnits(
            """
            extern int key, slow_path(void);
            static const char *names[] = { "one", "two" };
            int first(int *p) { int v; LOAD(v, p); if (v > 9) BUG(); ALTERNATIVE(11); LOCKED(*p); PARAVIRT(5);
                STATIC_CALL(tick); RETURN_SITE(); if (branch(&key)) v++; return v + names[v & 1][0]; }
            """, replacing: "return v +", with: "return v -")
        let differ = try units.differ()
        var generator = SeededGenerator(seed: 5)
        var refused = 0
        for _ in 0..<300 {
            var patched = units.patched
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                patched[Int.random(in: 0..<patched.count, using: &generator)] = .random(in: 0...255, using: &generator)
            }
            do { _ = try differ.patch(from: units.original, to: patched) } catch { refused += 1 }
            if Bool.random(using: &generator) {
                patched = Array(patched.prefix(Int.random(in: 0..<patched.count, using: &generator)))
                #expect(throws: KernelRefusal.self) { try differ.patch(from: units.original, to: patched) }
            }
        }
        #expect(refused > 0)
    }
}
