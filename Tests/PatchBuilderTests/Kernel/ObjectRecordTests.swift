// SPDX-License-Identifier: Apache-2.0

import ELF
import TestSupport
import Testing

@testable import PatchBuilder

/// What belongs to functions without being in them: records, code put aside, calls of the tracer.
@Suite struct ObjectRecordTests {
    /// A function with an instruction that may fail, and what is done then.
    private static func guarded(_ name: String) -> String {
        """
        int \(name)(int x) {
            asm volatile("1: movl (%0), %k0\\n2:\\n.pushsection .fixup, \\"ax\\"\\n3: xorl %k0, %k0\\njmp 2b\\n.popsection\\n"
                ".pushsection __ex_table, \\"a\\"\\n.balign 4\\n.long 1b - ., 3b - ., 4\\n.popsection" : "+r"(x));
            return x + 1; }

        """
    }

    @Test func `code put aside comes with the function that it belongs to, and no other`() throws {
        let text = Self.guarded("one") + Self.guarded("two")
        let changed = text.replacing("int two(int x) {", with: "int two(int x) { x *= 3;")
        let output = try KernelFix(text, changed).output()
        #expect(output.replaced == ["two"])
        let object = try ObjectFile(parsing: output.object)
        #expect(try object.targets(of: ".fixup") == ["two"])
        #expect(object.sections.filter { $0.name == ".fixup" }.map(\.size) == [7])
        #expect(try object.targets(of: "__ex_table") == ["two", ".fixup"])
    }

    @Test(arguments: [true, false])
    func `what code says to objtool comes along until that has read it`(isUnread: Bool) throws {
        let orc =
            #"asm(".pushsection .orc_unwind_ip, \"a\"\n.popsection\n.pushsection .orc_unwind, \"a\"\n.popsection");"#
            + "\n"
        let noted = """
            int NAME(int x) { asm volatile("1: ud2\\n2:\\n.pushsection .discard.reachable\\n.long 2b\\n.popsection");
                return x + 1; }

            """
        let text =
            (isUnread ? "" : orc) + noted.replacing("NAME", with: "one") + noted.replacing("NAME", with: "two")
        let fixed = text.replacing("int two(int x) {", with: "int two(int x) { x *= 3;")
        let object = try ObjectFile(parsing: try KernelFix(text, fixed).output().object)
        let notes = object.section(named: ".discard.reachable")
        #expect(notes?.size == (isUnread ? 4 : nil))
        guard isUnread, let notes else { return }
        let note = try #require(try object.relocations(of: notes.index).first)
        // The tool takes nothing but a section and a place in it.
        let symbol = object.symbols[note.symbol.rawValue]
        let code = try #require(object.section(named: ".text.two"))
        #expect(symbol.kind == .section && symbol.place == .section(code.index))
        #expect(note.type == .absolute32 && note.addend > 0)
    }

    @Test func `an alternative that jumps into its function names the section, as compilers do`() throws {
        let text = """
            int two(int x) { asm goto("1: .nops 5\\n2:\\n.pushsection .altinstructions, \\"a\\"\\n.long 1b - ., 3f - .\\n.word 7\\n"
                ".byte 5, 5\\n.popsection\\n.pushsection .altinstr_replacement, \\"ax\\"\\n3: .byte 0xe9\\n"
                ".long %l[out] - . - 4\\n.popsection" : : : : out);
                helper(x); return x + 1; out: helper(2); return 2; }
            """
        let output = try KernelFix(text, replacing: "return x + 1", with: "return x + 5").output()
        #expect(output.replaced == ["two"])
        let object = try ObjectFile(parsing: output.object)
        let code = try #require(object.section(named: ".text.two"))
        let replacement = try #require(object.section(named: ".altinstr_replacement"))
        let jump = try #require(try object.relocations(of: replacement.index).first)
        // By a function's name, it would be a jump that leaves the function for objtool.
        let symbol = object.symbols[jump.symbol.rawValue]
        #expect(symbol.kind == .section && symbol.place == .section(code.index) && jump.addend > 0)
    }

    @Test func `alternatives keep their code, whatever the size of their records`() throws {
        func text(_ end: String) -> String {
            let record = ".long 1b - ., 3f - .\\n.word 7\\n.byte 2, 3\(end)"
            return """
                int one(int x) { asm volatile("1: nop; nop\\n2:\\n.pushsection .altinstructions, \\"a\\"\\n\(record)\\n"
                    ".popsection\\n.pushsection .altinstr_replacement, \\"ax\\"\\n3: lfence\\n.popsection");
                    return x + 1; }
                int two(int x) { asm volatile("1: nop; nop\\n2:\\n.pushsection .altinstructions, \\"a\\"\\n\(record)\\n"
                    ".popsection\\n.pushsection .altinstr_replacement, \\"ax\\"\\n3: mfence\\n.popsection");
                    return x + 1; }
                """
        }
        for (end, size) in [("", 12), (", 0", 13)] {
            let fixed = text(end).replacing("int two(int x) {", with: "int two(int x) { x *= 3;")
            let output = try KernelFix(text(end), fixed).output()
            #expect(output.replaced == ["two"])
            let object = try ObjectFile(parsing: output.object)
            #expect(object.section(named: ".altinstructions")?.contents.count == size)
            // mfence
            #expect(object.section(named: ".altinstr_replacement").map { Array($0.contents) } == [0x0f, 0xae, 0xf0])
        }
    }

    @Test func `another static key is a change, though the code is the same`() throws {
        let text = """
            long key, other;
            int one(int x) {
                asm goto("1: .byte 0x0f, 0x1f, 0x44, 0, 0\\n.pushsection __jump_table, \\"aw\\"\\n.balign 8\\n"
                    ".long 1b - ., %l[yes] - .\\n.quad %c0 - .\\n.popsection" : : "i"(&key) : : yes);
                return x + 1;
            yes: return 0; }
            """
        let output = try KernelFix(text, replacing: "(&key)", with: "(&other)").output()
        #expect(output.replaced == ["one"])
        let object = try ObjectFile(parsing: output.object)
        #expect(try object.targets(of: "__jump_table") == ["one", "one", ".klp.sym.vmlinux.other,0@vmlinux"])
    }

    @Test func `a call of the tracer that a tool has taken away is made again, and listed`() throws {
        func text(_ number: Int) -> String {
            """
            asm(".pushsection .text.one, \\"ax\\"\\n.globl one\\n.type one, @function\\none:\\n.byte 0x0f, 0x1f, 0x44, 0, 0\\n"
                ".reloc one + 1, R_X86_64_NONE, __fentry__ - 4\\nmovl $\(number), %eax\\nret\\n.size one, . - one\\n.popsection");
            """
        }
        let output = try KernelFix(text(4), text(5)).output()
        #expect(output.replaced == ["one"])
        let object = try ObjectFile(parsing: output.object)
        let code = try #require(object.section(named: ".text.one"))
        #expect(Array(code.contents) == [0xe8, 0, 0, 0, 0, 0xb8, 5, 0, 0, 0, 0xc3])
        #expect(try object.targets(of: ".text.one") == ["__fentry__"])
        #expect(try object.targets(of: "__mcount_loc") == ["one"])
    }

    @Test func `branches within a section are told apart`() throws {
        func text(_ number: Int) -> String {
            """
            asm(".pushsection .sched.text, \\"ax\\"\\n"
                ".type one, @function\\none: call __fentry__\\nmovl $1, %eax\\nret\\n.size one, . - one\\n"
                ".globl two\\n.type two, @function\\ntwo: call __fentry__\\ncall one\\naddl $\(number), %eax\\nret\\n"
                ".size two, . - two\\n.popsection");
            """
        }
        let output = try KernelFix(text(4), text(5)).output()
        #expect(output.replaced == ["two"])
        let object = try ObjectFile(parsing: output.object)
        #expect(try object.targets(of: ".text.two") == ["__fentry__", ".klp.sym.vmlinux.one,0@vmlinux"])
        let short = { (number: Int) in text(number).replacing("call one", with: "jmp one") }
        let refusal = #expect(throws: KernelRefusal.self) { try KernelFix(short(4), short(5)).output() }
        guard case .obstacles(let obstacles) = refusal else {
            Issue.record("\(String(describing: refusal))")
            return
        }
        #expect(obstacles.map(\.kind) == [.sharedSection])
    }

    @Test func `what was done once is not done again`() throws {
        let text = """
            int one(int x) { static _Bool ___done; static _Bool __already_done;
                if (!___done) { ___done = 1; helper(1); } if (!__already_done) { __already_done = 1; printk("once"); }
                return x + 1; }
            """
        let output = try KernelFix(text, replacing: "x + 1", with: "x + 2").output()
        #expect(output.added.map { $0.prefix { $0 != "." } } == ["__already_done"])
        let object = try ObjectFile(parsing: output.object)
        #expect(object.undefinedNames.contains { $0.contains("___done.") })
    }

    @Test func `what the author leaves out stays as it is`() throws {
        let text = "int one(int x) { return x + 1; } int two(int x) { return x + 3; }"
        let ignored = """
            int (*const left)(int) __attribute__((section(".kpatch.ignore.functions"), used)) = one;
            """
        let fixed = text.replacing("x + 1", with: "x + 2").replacing("x + 3", with: "x + 4") + ignored
        let output = try KernelFix(text, fixed).output()
        #expect(output.replaced == ["two"])
        #expect(output.ignored == ["one"])
    }
}
