// SPDX-License-Identifier: Apache-2.0

import ELF
import TestSupport
import Testing

@testable import PatchBuilder

/// What the differ for kernel objects refuses.
@Suite struct ObjectRefusalTests {
    private static let initialization = "__attribute__((section(\".init.text\")))"

    @Test(arguments: [
        (
            "\(initialization) int start(int x) { helper(x); return 1; } int one(int x) { return x + 1; }", "return 1",
            "return 2", KernelObstacle.Kind.initialization
        ),
        ("int limit = 4; int one(int x) { return x + limit; }", "limit = 4", "limit = 5", .changedData),
        (
            "static const int table[] = {1, 2, 3, 4}; int one(int x) { return table[x]; }", "2, 3", "2, 7",
            .changedConstant
        ),
        (
            "__attribute__((no_instrument_function)) int one(int x) { return x + 1; }", "x + 1", "x + 2",
            .notTraceable
        ),
        (
            "int one(int x) { return x + 1; }", "int one",
            "static const int mark __attribute__((section(\"___ksymtab+one\"), used)) = 1; int one", .newExport
        ),
    ])
    func `what a running kernel cannot take`(
        _ text: String, _ part: String, _ other: String, _ kind: KernelObstacle.Kind
    ) throws {
        let refusal = #expect(throws: KernelRefusal.self) { try KernelFix(text, replacing: part, with: other).output() }
        guard case .obstacles(let obstacles) = refusal else {
            Issue.record("\(String(describing: refusal))")
            return
        }
        #expect(obstacles.map(\.kind) == [kind])
    }

    @Test func `a jump label of a module's key, but none of a tracepoint`() throws {
        func text(_ key: String) -> String {
            """
            struct key { long state; }; struct key \(key);
            int one(int x) {
                asm goto("1: .byte 0x0f, 0x1f, 0x44, 0, 0\\n.pushsection __jump_table, \\"aw\\"\\n.balign 8\\n"
                    ".long 1b - ., %l[yes] - .\\n.quad %c0 - .\\n.popsection" : : "i"(&\(key)) : : yes);
                return x + 1;
            yes: helper(x); return 0; }
            """
        }
        var fix = KernelFix(text("setting"), replacing: "x + 1", with: "x + 2")
        #expect(try ObjectFile(parsing: fix.output().object).targets(of: "__jump_table").count == 3)
        fix.parent = "driver"
        let refusal = #expect(throws: KernelRefusal.self) { try fix.output() }
        #expect(refusal?.description.contains("static_key_enabled") == true)
        fix = KernelFix(text("__tracepoint_sent"), replacing: "x + 1", with: "x + 2")
        fix.parent = "driver"
        let output = try fix.output()
        #expect(output.silent == ["__tracepoint_sent"])
        #expect(try ObjectFile(parsing: output.object).section(named: "__jump_table") == nil)
    }

    @Test func `tables may be what a command prints, and must be there`() throws {
        let directory = try TemporaryDirectory()
        try directory.write("0x1\tprintk\tvmlinux\tEXPORT_SYMBOL\t\n", to: "symvers")
        #expect(try ExportTable(parsing: KernelInput.bytes(of: directory.path("symvers")))["printk"] != nil)
        #expect(try ExportTable(parsing: KernelInput.bytes(of: "/dev/null"))["printk"] == nil)
        #expect(throws: KernelRefusal.self) { try KernelInput.bytes(of: directory.path("nothing")) }
    }

    @Test func `objects of other machines`() throws {
        let (original, fixed) = try KernelFix("int one(int x) { return x; }", replacing: "return x", with: "return 2")
            .objects()
        for (machine, name) in [(183, "aarch64"), (21, "ppc64"), (22, "s390")] as [(UInt8, String)] {
            var foreign = fixed
            foreign[18] = machine
            let refusal = #expect(throws: KernelRefusal.self) {
                try KernelFix("", "").differ(for: original).patch(from: original, to: foreign)
            }
            #expect(refusal?.description.contains("only x86-64") == true, "\(name): \(String(describing: refusal))")
        }
    }

    @Test func `record sizes are told by the section, and a wrong one is refused`() throws {
        func text(_ padding: String) -> String {
            """
            int one(int x) {
                asm volatile("1: ud2\\n.pushsection __bug_table, \\"aw\\"\\n.long 1b - ., name - .\\n.word 7, 9\\n\(padding)"
                    ".popsection\\n.pushsection .rodata.name, \\"a\\"\\nname: .asciz \\"unit.c\\"\\n.popsection");
                return x + 1; }
            int two(int x) {
                asm volatile("1: ud2\\n.pushsection __bug_table, \\"aw\\"\\n.long 1b - ., name - .\\n.word 8, 9\\n\(padding)"
                    ".popsection");
                return x; }
            """
        }
        for (padding, size) in [("", 12), (".long 0\\n", 16)] {
            let fix = KernelFix(text(padding), replacing: "x + 1", with: "x + 2")
            let section = try ObjectFile(parsing: fix.output().object).section(named: "__bug_table")
            #expect(section?.contents.count == size)
        }
        let fix = KernelFix(text(""), replacing: "x + 1", with: "x + 2")
        let (original, fixed) = try fix.objects()
        var differ = try fix.differ(for: original)
        let isKnown = differ.sizes.state(10, of: "__bug_table")
        #expect(isKnown)
        #expect(throws: KernelRefusal.unevenSection(unit: "unit.c", section: "__bug_table", size: 24, record: 10)) {
            try differ.patch(from: original, to: fixed)
        }
    }

    @Test func `mutated objects never trap the differ`() throws {
        let text = """
            static int counter; static const char *const names[] = {"one", "two"};
            static noinline int own(int *x) { static int seen; return (*x)++ * 31 + seen++; }
            int one(int x) { switch (x) { case 0: return own(&x); case 1: return counter++; case 2: return 7 * own(&x);
                case 3: helper((long)names[x & 1]); } return 0; }
            int two(int x) {
                asm goto("1: .byte 0x0f, 0x1f, 0x44, 0, 0\\n.pushsection __jump_table, \\"aw\\"\\n.balign 8\\n"
                    ".long 1b - ., %l[yes] - .\\n.quad %c0 - .\\n.popsection" : : "i"(&counter) : : yes);
                return 1;
            yes: asm volatile("2: ud2\\n.pushsection .fixup, \\"ax\\"\\n3: jmp 2b\\n.popsection\\n"
                    ".pushsection __ex_table, \\"a\\"\\n.long 2b - ., 3b - ., 4\\n.popsection");
                return own(&x); }
            """
        let fix = KernelFix(
            text,
            text.replacing("return 0;", with: "return counter + own(&x);").replacing("return 1;", with: "return 9;"))
        let (original, fixed) = try fix.objects()
        let differ = try fix.differ(for: original)
        #expect(try differ.patch(from: original, to: fixed).replaced == ["one", "two"])
        var random = SeededGenerator(seed: SeededGenerator.seed)
        for round in 0..<1500 {
            var (old, new) = (original, fixed)
            if round.isMultiple(of: 2) { old.mutate(with: &random) } else { new.mutate(with: &random) }
            do throws(KernelRefusal) {
                _ = try differ.patch(from: old, to: new)
            } catch {
                #expect(!error.description.isEmpty)
            }
        }
    }
}

extension [UInt8] {
    /// Changes a few bytes, most of them near the end, where the tables of an object file are.
    fileprivate mutating func mutate(with random: inout SeededGenerator) {
        for _ in 0...Int.random(in: 0..<3, using: &random) {
            let fromEnd = Bool.random(using: &random) ? count : Swift.min(count, 2600)
            self[Int.random(in: count - fromEnd..<count, using: &random)] =
                Bool.random(using: &random) ? 0xff : UInt8.random(in: 0...255, using: &random)
        }
    }
}
