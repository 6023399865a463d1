// SPDX-License-Identifier: Apache-2.0

import ELF
import TestSupport
import Testing

@testable import PatchBuilder

/// What of two builds of a unit gets into a kernel's live patch.
@Suite struct ObjectDifferTests {
    @Test func `only the changed function is replaced`() throws {
        let output = try KernelFix(
            "static int count; int one(int x) { helper(count); return x + 1; } int two(int x) { return count += x; }",
            replacing: "x + 1", with: "x + 2"
        ).output()
        #expect(output.replaced == ["one"])
        let object = try ObjectFile(parsing: output.object)
        #expect(object.functionNames == ["one"])
        #expect(object.undefinedNames.contains(".klp.sym.vmlinux.count,0@vmlinux"))
        #expect(try object.targets(of: ".data.kaketsugi_functions").contains("one"))
    }

    @Test func `what is exported is found by its name, everything else by the livepatch core`() throws {
        var fix = KernelFix(
            "int one(int x) { helper(x); printk(\"x\"); return 1; }", replacing: "return 1", with: "return 2")
        fix.exports = "0x12345678\tprintk\tvmlinux\tEXPORT_SYMBOL\t\n"
        let object = try ObjectFile(parsing: try fix.output().object)
        #expect(object.undefinedNames == ["__fentry__", "printk", ".klp.sym.vmlinux.helper,0@vmlinux"])
    }

    @Test func `new functions, data and strings come along`() throws {
        let output = try KernelFix(
            "int one(int x) { return x; }",
            """
            static int calls; static noinline int fresh(int x) { calls++; printk("fresh %d", x); return x * 3; }
            int one(int x) { return fresh(x) + fresh(x + 1); }
            """
        ).output()
        #expect(output.replaced == ["one"])
        #expect(output.added.sorted() == ["calls", "fresh"])
        let object = try ObjectFile(parsing: output.object)
        let constants = try #require(object.section(named: ".rodata.kaketsugi_constants"))
        #expect(Array(constants.contents) == Array("fresh %d\0".utf8))
        #expect(try object.targets(of: "__mcount_loc").sorted() == ["fresh", "one"])
    }

    @Test func `a static variable of a function is the same one, however it is numbered`() throws {
        let text = """
            int other(void) { static int seen = 4; return seen++; }
            int one(int x) { static int seen; return seen += x; }
            """
        let fixed =
            "int before(int x) { static int unlike = 8; return unlike += x; }\n"
            + text.replacing("seen += x", with: "seen += before(x)")
        let output = try KernelFix(text, fixed).output()
        #expect(output.replaced == ["one"])
        let wanted = try ObjectFile(parsing: output.object).undefinedNames.filter { $0.contains("seen") }
        #expect(wanted.count == 1)
        let original = try ObjectFile(parsing: try KernelFix(text, fixed).objects().original)
        let own = try original.targets(of: ".text.one").filter { $0.contains("seen") }
        let name = try #require(own.first.map { $0.split(separator: ".").suffix(2).joined(separator: ".") })
        #expect(wanted.first == ".klp.sym.vmlinux.\(name),0@vmlinux")
    }

    @Test func `lines of source in warnings are no change, other numbers are`() throws {
        let text = """
            extern void warn_slowpath_null(const char *file, int line);
            int one(int x) { if (x < 0) warn_slowpath_null(__FILE__, __LINE__); return x; }
            int two(int x) { return x * 2; }
            """
        let moved = try KernelFix(text, "\n\n\n" + text.replacing("x * 2", with: "x * 5")).output()
        #expect(moved.replaced == ["two"])
        #expect(throws: KernelRefusal.noChange(units: ["unit.c"])) { try KernelFix(text, "\n\n" + text).output() }
        let number = "int one(int x) { if (x < 0) printk(\"%d\", 70); return x; }"
        #expect(try KernelFix(number, replacing: "70", with: "71").output().replaced == ["one"])
        let file = "int one(int x) { if (x < 0) printk(\"%s %d\", __FILE__, __LINE__); return x; }"
        #expect(throws: KernelRefusal.noChange(units: ["unit.c"])) { try KernelFix(file, "\n" + file).output() }
    }

    @Test func `the seldom run part goes with its function`() throws {
        let text = """
            extern void stop(void) __attribute__((cold));
            int one(int x) { if (x == 77) { stop(); helper(x); printk("%d", x); } return x + 1; }
            """
        var fix = KernelFix(text, replacing: "x + 1", with: "x + 2")
        fix.furtherSymbols = ["stop FUNC GLOBAL"]
        let object = try ObjectFile(parsing: try fix.output().object)
        try #require(object.section(named: ".text.unlikely.one") != nil)
        // It jumps back into the new function, not into the one that is replaced.
        #expect(try object.targets(of: ".text.unlikely.one").allSatisfy { !$0.hasPrefix(".klp.sym.vmlinux.one") })
        #expect(!object.undefinedNames.contains { $0.contains("one.cold") })
    }

    @Test func `who keeps a function's address keeps that of the function itself`() throws {
        var fix = KernelFix(
            "extern void keep(int (*)(int)); int one(int x) { keep(one); return x + 1; }", replacing: "x + 1",
            with: "x + 2")
        fix.furtherSymbols = ["keep FUNC GLOBAL"]
        let object = try ObjectFile(parsing: try fix.output().object)
        #expect(object.undefinedNames.contains(".klp.sym.vmlinux.one,0@vmlinux"))
    }

    @Test func `symbols that are nowhere are refused, or left alone and said so`() throws {
        var fix = KernelFix(
            "extern int nowhere(int); int one(int x) { return nowhere(x); }", replacing: "nowhere(x)",
            with: "nowhere(x + 1)")
        #expect(
            throws: KernelRefusal.unknownSymbol(
                unit: "unit.c", symbol: "nowhere", function: "one", parent: "vmlinux")
        ) { try fix.output() }
        fix.isLenient = true
        let output = try fix.output()
        #expect(output.unknown == ["nowhere"])
        #expect(try ObjectFile(parsing: output.object).undefinedNames.contains("nowhere"))
    }

    @Test func `callbacks come along in a table of their own`() throws {
        let section = "__attribute__((section(\".kpatch.callbacks.pre_patch\"), used))"
        let output = try KernelFix(
            "int one(int x) { return x + 1; }",
            """
            static int prepare(void *object) { helper(7); return 0; }
            static struct { int (*function)(void *); char *object; } data \(section) = { prepare };
            int one(int x) { return x + 2; }
            """
        ).output()
        #expect(output.callbacks == ["prepare"])
        let object = try ObjectFile(parsing: output.object)
        #expect(try object.targets(of: ".data.kaketsugi_callbacks").contains("prepare"))
    }

    @Test func `namespaces of exported symbols are imported again`() throws {
        let tag = "static const char ns[] __attribute__((section(\".modinfo\"), used)) = \"unit.import_ns=DMA_BUF\";\n"
        let output = try KernelFix(tag + "int one(int x) { return x + 1; }", replacing: "x + 1", with: "x + 2").output()
        let section = try ObjectFile(parsing: output.object).section(named: ".modinfo")
        #expect(section.map { Array($0.contents) } == Array("import_ns=DMA_BUF\0".utf8))
    }
}
