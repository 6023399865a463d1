// SPDX-License-Identifier: Apache-2.0

import LivePatch
import Testing

@testable import PatchBuilder

/// Assembler of which a patch cannot be sure.
@Suite struct RefusedAssemblerTests {
    struct Refused: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var cause: String
        var original: String
        var old = "movl $5"
        var new = "movl $6"
        var others: [String: String] = [:]
    }

    /// A function with something in it.
    private static func function(_ name: String, _ body: String) -> String {
        ".text\n.p2align 4\n.globl \(name)\n.type \(name), @function\n\(name):\n\(body)\n.size \(name), .-\(name)\n"
    }

    static let refused = [
        Refused(
            testDescription: "table of jumps in code", cause: "data in code cannot be told from code",
            original: function(
                "f",
                """
                leaq .Ltable(%rip), %rdx
                movslq (%rdx,%rdi,4), %rax
                addq %rdx, %rax
                jmp *%rax
                .p2align 3
                .Ltable: .long .Lone - .Ltable, .Ltwo - .Ltable
                .Lone: movl $5, %eax
                ret
                .Ltwo: movl $7, %eax
                ret
                """)),
        Refused(
            testDescription: "constant in code", cause: "the code reads from its own section",
            original: function("f", "movl .Lnumber(%rip), %ecx\nmovl $5, %eax\nret\n.Lnumber: .long 0x90909090")),
        Refused(
            testDescription: "code that asks where it is", cause: "the code reads from its own section",
            original: function("f", "movl $5, %eax\ncall .Lhere\n.Lhere: popq %rdx\nret")),
        Refused(
            testDescription: "relocated table in code", cause: "bytes that are no instruction",
            original: function("f", "movl $5, %eax\nret\n.p2align 3\n.quad f, other")
                + function("other", "ret\n.skip 8, 0x90")),
        Refused(
            testDescription: "bytes that are no instruction", cause: "bytes that are no instruction",
            original: function("f", "movl $5, %eax\nret\n.byte 6, 7")),
        Refused(
            testDescription: "branch into an instruction", cause: "bytes that are no instruction",
            original: function("f", "jmp .+4\n.byte 0x81, 0xc0\nmovl $5, %eax\nret")),
        Refused(
            testDescription: "code before the first function", cause: "code that belongs to no function",
            original: ".text\n.Lbefore: incl %eax\nret\n" + function("f", "movl $5, %eax\njmp .Lbefore")),
        Refused(
            testDescription: "short function", cause: "function f has 3 bytes",
            original: ".text\n.globl f\n.type f, @function\nf: incl %edi\nret\n", old: "incl", new: "decl"),
        Refused(
            testDescription: "function in the bytes of the jump", cause: "branch-into-entry: f",
            original: ".text\n.p2align 4\n.globl f, g\n.type f, @function\n.type g, @function\n"
                + "f: incl %edi\nincl %edi\ng: movl $5, %eax\nret\n"),
        Refused(
            testDescription: "changed variable", cause: "section .data, offset 0x0: data differ",
            original: function("f", "movl $5, limit(%rip)\nret") + ".data\nlimit: .long 40\n", old: "40", new: "41"),
        Refused(
            testDescription: "further variable", cause: "section .data, offset 0x0: data differ",
            original: function("f", "movl $5, limit(%rip)\nret") + ".data\nlimit: .long 40\n", old: "40", new: "40, 50"),
        Refused(
            testDescription: "variables that change places", cause: "section .data, offset 0x0: data differ",
            original: function("f", "movl $5, a(%rip)\nret") + ".data\na: .long 1\nb: .long 1\n",
            old: "a: .long 1\nb: .long 1", new: "b: .long 1\na: .long 1"),
        Refused(
            testDescription: "changed constant that other units know",
            cause: "section .rodata, offset 0x0: data differ",
            original: function("f", "movl $5, %eax\naddl known(%rip), %eax\nret")
                + ".section .rodata\n.globl known\n.hidden known\n.type known, @object\n.size known, 4\nknown: .long 1\n",
            old: "known: .long 1", new: "known: .long 2"),
        Refused(
            testDescription: "table in a variable", cause: "a table that stays leads into the middle",
            original: function("f", "jmp *table(%rip)\n.Lone: movl $5, %eax\nret") + ".data\ntable: .quad .Lone\n"),
        Refused(
            testDescription: "branch into another section", cause: "goes to a place in another section",
            original: function("f", "movl $5, %eax\ntestl %edi, %edi\njz .Lrare\n.Lback: ret")
                + ".section .text.unlikely, \"ax\"\n.globl g\n.type g, @function\ng: decl %edi\n.Lrare: incl %eax\njmp .Lback\n"
        ),
        Refused(
            testDescription: "table that two sections read", cause: "or reads a table of such places",
            original: function("f", "leaq .Ltable(%rip), %rdx\nmovl $5, %eax\njmp *%rdx\n.Lone: ret")
                + ".section .text.far, \"ax\"\n.globl g\n.type g, @function\ng: leaq .Ltable(%rip), %rdx\njmp *%rdx\n"
                + ".section .rodata\n.Ltable: .long .Lone - .Ltable\n"),
        Refused(
            testDescription: "function that chooses another one", cause: "f chooses a function",
            original: ".text\n.globl f\n.type f, @gnu_indirect_function\nf: leaq g@GOTPCREL(%rip), %rax\n"
                + "movl $5, %ecx\nret\n" + function("g", "movl $9, %eax\nret")),
        Refused(
            testDescription: "two names that part", cause: "f and g are one function of the target",
            original: ".text\n.globl f, g\n.type f, @function\n.type g, @function\nf:\ng: movl $5, %eax\nret\n",
            old: "f:\ng: movl $5, %eax", new: "f: movl $6, %eax\ng: movl $7, %ecx"),
        Refused(
            testDescription: "section that is not text", cause: "section .init.f differs",
            original: ".section .init.f, \"ax\"\n.globl f\n.type f, @function\nf: movl $5, %eax\nret\n"),
        Refused(
            testDescription: "branch of another unit behind the entry", cause: "branch-into-entry: f",
            original: ".text\n.globl f, inside\n.hidden f\n.type f, @function\nf: movl $5, %eax\nret\n",
            others: [
                "far.S":
                    ".text\n.globl far\n.type far, @function\nfar: jmp f+2\n.section .note.GNU-stack,\"\",@progbits"
            ]),
        Refused(
            testDescription: "code with calls that goes back behind the entry", cause: "branch-into-entry: f",
            original: function(
                "f", "movl %edi, %ebx\n.Lagain: movl $5, %eax\ncall far@PLT\ndecl %ebx\njnz .Lagain\nret"),
            others: ["far.c": "void far(void) {}"]),
        Refused(
            testDescription: "removed function that leads behind an entry", cause: "branch-into-entry: f",
            original: function("f", "movl %edi, %edx\n.Lin: movl $5, %eax\nret")
                + function("gone", "jmp .Lin\n.skip 4, 0x90")
                + function("last", "movl $1, %eax\nret"),
            old: "gone", new: "other"),
        Refused(
            testDescription: "nothing differs", cause: "not affected in this build",
            original: function("f", "movl $5, %eax\nret"), old: "movl $5", new: "movl $4+1"),
    ]

    @Test(arguments: refused)
    func `assembler that is more than code is refused`(refused: Refused) throws {
        let fixed = refused.original.replacing(refused.old, with: refused.new)
        #expect(fixed != refused.original)
        let fix = AssemblerFix(original: refused.original, fixed: fixed, others: refused.others)
        do {
            let artefact = try fix.artefact()
            Issue.record("a patch of \(artefact.manifest.functions.map(\.name))")
        } catch let refusal as PatchRefusal {
            #expect(refusal.description.contains(refused.cause), "\(refusal)")
        }
    }
}
