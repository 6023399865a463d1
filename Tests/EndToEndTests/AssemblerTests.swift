// SPDX-License-Identifier: Apache-2.0

import Foundation
import LivePatch
import TestSupport
import Testing

/// Functions of assembler source, in a program that runs.
@Suite(.timeLimit(.minutes(10))) struct AssemblerTests {
    private static let user = """
        extern int twice(int), thrice(int), apart(int);
        int f(int x) { return x < 0 ? apart(x) : x & 1 ? thrice(x) : twice(x); }

        """

    /// Two functions with a tail in common, which another file has, and one of its own.
    private static let other = """
        #include "names.h"
            .text
        ENTRY (apart)
            movl $1000, %eax
            addl %edi, %eax
            ret
        END (apart)
        ENTRY (twice)
            leal (%rdi,%rdi), %eax
            jmp .Ltail
        END (twice)
        ENTRY (thrice)
            leal (%rdi,%rdi,2), %eax
        #include "tail.S"
        END (thrice)
            .section .note.GNU-stack,"",@progbits

        """

    private static let names = """
        #define ENTRY(name) .globl name; .hidden name; .type name, @function; .p2align 4; name: .cfi_startproc
        #define END(name) .cfi_endproc; .size name, .-name

        """

    /// From 100 on, the program waits in `hold`.
    private static let tail = """
        .Ltail:
            cmpl $100, %edi
            jb 1f
            pushq %rax
            .cfi_adjust_cfa_offset 8
            call hold@PLT
            popq %rax
            .cfi_adjust_cfa_offset -8
        1:  addl $1, %eax
            ret

        """

    private func project() throws -> PatchProject {
        try PatchProject(
            Self.user, as: .libraryWithAssembler(["other.S": Self.other, "tail.S": Self.tail, "names.h": Self.names]))
    }

    private static let waiver = ["--waive", "changed-assembler=the functions have no state"]

    private func patch(_ project: PatchProject, _ file: String, as text: String, to name: String = "fix.mend") throws
        -> String
    {
        let build = try project.build(file, as: text, to: name, options: Self.waiver)
        guard build.status == 0 else { throw CommandFailure(description: build.errors + build.output) }
        return project.directory.path(name)
    }

    @Test func `functions that share a tail are patched by the file that has it, and reverted`() throws {
        let project = try project()
        let patch = try patch(project, "tail.S", as: Self.tail.replacing("addl $1", "addl $70000"))
        let artefact = try Artefact(parsing: try project.directory.read("fix.mend"))
        #expect(artefact.manifest.functions.map(\.name) == ["thrice", "twice"])
        let target = try project.start()
        let original = try target.text()
        for _ in 0..<3 {
            #expect(try [4, 5, -7].map { try target.call($0) } == [9, 16, 993])
            #expect(try Tools.host("apply", patch, "--pid", target.pid).status == 0)
            #expect(try [4, 5, -7].map { try target.call($0) } == [70008, 70015, 993])
            #expect(try Tools.host("revert", patch, "--pid", target.pid).status == 0)
            #expect(try target.text() == original)
        }
        #expect(try target.call(5) == 16)
    }

    @Test(arguments: [102, 103])
    func `a thread in the shared code keeps the patch out, whichever function it came by`(argument: Int) throws {
        let project = try project()
        let patch = try patch(project, "tail.S", as: Self.tail.replacing("addl $1", "addl $2"))
        let target = try project.start()
        #expect(try target.ask("b \(argument)") == "held")
        let refused = try Tools.host("apply", patch, "--pid", target.pid, "--wait", "0")
        #expect(refused.status != 0)
        #expect((refused.errors + refused.output).contains("thrice"), "\(refused.errors)\(refused.output)")
        #expect(try target.ask("r") == "released")
        #expect(try Tools.host("apply", patch, "--pid", target.pid).status == 0)
        #expect(try target.call(4) == 10)
        // And a thread in the new code keeps it in.
        #expect(try target.ask("b \(argument)") == "held")
        #expect(try Tools.host("revert", patch, "--pid", target.pid, "--wait", "0").status != 0)
        #expect(try target.ask("r") == "released")
        #expect(try Tools.host("revert", patch, "--pid", target.pid).status == 0)
        #expect(try target.call(4) == 9)
    }

    @Test func `threads that run the code all the time are patched and reverted`() throws {
        let project = try project()
        let patch = try patch(project, "other.S", as: Self.other.replacing("leal (%rdi,%rdi,2)", "leal 5(%rdi,%rdi,2)"))
        let target = try project.start()
        #expect(try target.ask("t 8") == "started")
        for _ in 0..<20 {
            #expect(try Tools.host("apply", patch, "--pid", target.pid).status == 0)
            #expect(try target.call(5) == 21)
            #expect(try Tools.host("revert", patch, "--pid", target.pid).status == 0)
            #expect(try target.call(5) == 16)
        }
        try target.quit()
    }

    @Test func `assembler needs a person's word, and more than code is refused`() throws {
        let project = try project()
        let fixed = Self.tail.replacing("addl $1", "addl $2")
        let blocked = try project.build("tail.S", as: fixed)
        #expect(blocked.status == 3)
        #expect((blocked.errors + blocked.output).contains("changed-assembler"), "\(blocked.errors)\(blocked.output)")
        let table = Self.other.replacing(
            "movl $1000, %eax", "leaq .Lnumber(%rip), %rax\n    movl (%rax), %eax\n    jmp 1f\n.Lnumber: .long 1000\n1:"
        )
        let refused = try project.build("other.S", as: table, options: Self.waiver)
        #expect(refused.status == 3)
        #expect(refused.errors.contains("the code reads from its own section"), "\(refused.errors)")
    }

    /// Functions with a variable, a table of jumps, and a table of functions.
    private static let state = """
        .globl twice, thrice, apart, helper
        .hidden twice, thrice, apart, helper
            .text
        twice:
            leaq .Ltable(%rip), %rdx
            movl %edi, %eax
            andl $6, %eax
            movslq (%rdx,%rax,2), %rax
            addq %rdx, %rax
            jmp *%rax
        .Lzero: movl $10, %eax
            ret
        .Ltwo: movl $20, %eax
            ret
        .Lfour: movl counter(%rip), %eax
            incl counter(%rip)
            ret
        .Lsix: movl number(%rip), %eax
            ret
            .p2align 4
        thrice:
            movq helpers(%rip), %rax
            jmp *%rax
            .p2align 4
        apart:
            leaq helper(%rip), %rax
            cmpq %rax, helpers(%rip)
            sete %al
            movzbl %al, %eax
            ret
            .p2align 4
        helper:
            leal 1000(%rdi), %eax
            ret
            .section .rodata
            .p2align 2
        .Ltable: .long .Lzero - .Ltable, .Ltwo - .Ltable, .Lfour - .Ltable, .Lsix - .Ltable
        number: .long 4711
            .data
            .p2align 3
        counter: .long 500
            .section .data.rel.ro,"aw"
            .p2align 3
        helpers: .quad helper
            .section .note.GNU-stack,"",@progbits

        """

    @Test func `variables keep their values, tables come with the code, and pointers stay the process's own`() throws {
        let project = try PatchProject(Self.user, as: .libraryWithAssembler(["other.S": Self.state]))
        let fixed = Self.state.replacing("$20", "$21").replacing(".long 4711", ".long 4712")
            .replacing("1000(%rdi)", "2000(%rdi)")
        let patch = try patch(project, "other.S", as: fixed)
        let target = try project.start()
        let calls = [0, 2, 4, 6, 5, -1]
        #expect(try calls.map { try target.call($0) } == [10, 20, 500, 4711, 1005, 1])
        #expect(try Tools.host("apply", patch, "--pid", target.pid).status == 0)
        #expect(try calls.map { try target.call($0) } == [10, 21, 501, 4712, 2005, 1])
        #expect(try Tools.host("revert", patch, "--pid", target.pid).status == 0)
        #expect(try calls.map { try target.call($0) } == [10, 20, 502, 4711, 1005, 1])
    }

    @Test func `what an assembler itself is called for is patched, too`() throws {
        let source = """
            .globl twice, thrice, apart
            .hidden twice, thrice, apart
            .type apart, @function
            apart: leal 1000(%rdi), %eax
                ret
                .p2align 4
            .type twice, @function
            twice: leal (%rdi,%rdi), %eax
                ret
                .p2align 4
            thrice: leal (%rdi,%rdi,2), %eax
                ret
                .section .note.GNU-stack,"",@progbits

            """
        let project = try PatchProject(
            Self.user,
            as: .libraryWithAssembler([
                "other.S": Self.other, "plain.s": source, "tail.S": Self.tail, "names.h": Self.names,
            ]))
        let makefile: String = try project.directory.read("project/Makefile")
        try project.directory.write(
            makefile.replacing("target.c other.S", "target.c plain.s")
                .replacing("gcc -O2 -fPIC -g -c other.S -o other.o", "as --64 -o other.o plain.s"),
            to: "project/Makefile")
        let make = try Command("make", ["-s", "-B", "-C", "project"], in: project.directory.url)
        #expect(make.status == 0, "\(make.errors)")
        let patch = try patch(project, "plain.s", as: source.replacing("1000", "2000"))
        let target = try project.start()
        #expect(try [-7, 4, 5].map { try target.call($0) } == [993, 8, 15])
        #expect(try Tools.host("apply", patch, "--pid", target.pid).status == 0)
        #expect(try [-7, 4, 5].map { try target.call($0) } == [1993, 8, 15])
    }

    @Test func `a file that only the assembler reads is not followed`() throws {
        let other = Self.other.replacing("$1000", "$NUMBER") + ".include \"more.inc\"\n"
        let files = [
            "other.S": other, "tail.S": Self.tail, "names.h": Self.names, "more.inc": ".set NUMBER, 1000\n",
        ]
        let project = try PatchProject(Self.user, as: .libraryWithAssembler(files))
        let included = try project.build("more.inc", as: ".set NUMBER, 2000\n", options: Self.waiver)
        #expect(included.status == 3)
        #expect(included.errors.contains("reads another file by itself (.include)"), "\(included.errors)")
        // What the unit's own text says is seen, whatever it reads beside.
        let build = try project.build("other.S", as: other.replacing("$NUMBER", "$NUMBER+5"), options: Self.waiver)
        #expect(build.status == 0, "\(build.errors)")
    }
}

extension String {
    fileprivate func replacing(_ old: String, _ new: String) -> String { replacing(old, with: new) }
}
