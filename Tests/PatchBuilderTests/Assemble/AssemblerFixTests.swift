// SPDX-License-Identifier: Apache-2.0

import ELF
import LivePatch
import Testing

@testable import PatchBuilder

/// Functions of assembler source become a patch with all that they share code with.
@Suite struct AssemblerFixTests {
    /// Two functions that share a tail, the second right behind the first, and one that shares nothing.
    static let source = """
        .text
        .p2align 4
        .globl twice, apart
        .type twice, @function
        twice:
            leal (%rdi,%rdi), %eax
            jmp .Ltail
        .size twice, .-twice
        .p2align 4
        .globl thrice
        .globl triple
        .type thrice, @function
        .type triple, @function
        thrice:
        triple:
            leal (%rdi,%rdi,2), %eax
        .Ltail:
            addl $1, %eax
            ret
        .size thrice, .-thrice
        .p2align 4
        .type apart, @function
        apart:
            .cfi_startproc
            movl $1234, %eax
            ret
            .cfi_endproc
        .size apart, .-apart
        """

    private func fix(_ old: String, _ new: String, in source: String = source) -> AssemblerFix {
        AssemblerFix(original: source, fixed: source.replacing(old, with: new))
    }

    @Test func `functions that share a tail are replaced together, and others stay`() throws {
        let artefact = try fix("addl $1", "addl $0x12345").artefact()
        let functions = artefact.manifest.functions
        #expect(functions.map(\.name) == ["thrice", "twice"])
        // Each has all bytes up to the next one, so that no thread is in code of nobody.
        #expect(functions.map(\.pieces[0].size) == [16, 16])
        #expect(functions[0].pieces[0].address == functions[1].pieces[0].address + 16)
        #expect(functions[0].replacementOffset == functions[1].replacementOffset + 16)
        #expect(functions.map(\.isContinued) == [nil, nil])
        #expect(artefact.manifest.findings.map(\.rule).contains(.changedAssembler))
    }

    @Test func `code that goes on in a function is known`() throws {
        let source = Self.source.replacing("jmp .Ltail\n", with: "movl %eax, %edi\n")
        let functions = try fix("addl $1", "addl $2", in: source).artefact().manifest.functions
        #expect(functions.map(\.name) == ["thrice", "twice"])
        #expect(functions.map(\.isContinued) == [true, nil])
    }

    @Test func `code without calls may go behind its entry, since nobody waits in it`() throws {
        let source = Self.source.replacing("jmp .Ltail", with: "jmp thrice@PLT+3")
        let artefact = try fix("addl $1", "addl $2", in: source).artefact()
        #expect(artefact.manifest.functions.map(\.name) == ["thrice", "twice"])
        // The name with its distance means the new code, which the patch has whole.
        #expect(artefact.relocations.isEmpty)
        let code = artefact.image.parts[0].contents
        let jump = try #require(code.firstIndex(of: 0xe9))
        #expect(Array(code[jump + 1..<jump + 5]) == [UInt8(16 + 3 - jump - 5), 0, 0, 0])
    }

    @Test func `a function that shares nothing is replaced alone`() throws {
        let artefact = try fix("$1234", "$4321").artefact()
        #expect(artefact.manifest.functions.map(\.name) == ["apart"])
        #expect(artefact.manifest.findings.contains { $0.rule == .noUnwindTables } == false)
    }

    @Test func `another way of unwinding is a change`() throws {
        let fix = fix("movl $1234, %eax", "movl $1234, %eax\n.cfi_undefined %rbx")
        #expect(try fix.artefact().manifest.functions.map(\.name) == ["apart"])
    }

    @Test func `a function that grows moves others, which stay`() throws {
        let added = "apart:\n" + String(repeating: "    addq $0x12345678, %rcx\n", count: 9)
        let artefact = try fix("twice:", "twice:\n    nop\n").artefact()
        #expect(artefact.manifest.functions.map(\.name) == ["thrice", "twice"])
        let behind = Self.source + "\n.p2align 4\n.globl last\n.type last, @function\nlast: movl $7, %eax\nret\n"
        #expect(try fix("apart:", added, in: behind).artefact().manifest.functions.map(\.name) == ["apart"])
    }

    @Test func `a new function comes with those that use it`() throws {
        let artefact = try fix(
            "addl $1, %eax\n",
            "call fresh\n    ret\n.globl fresh\n.hidden fresh\n.type fresh, @function\nfresh: addl $5, %eax\n"
        ).artefact()
        #expect(artefact.manifest.functions.map(\.name) == ["thrice", "twice"])
        #expect(artefact.manifest.addedFunctions.map(\.name) == ["fresh"])
        #expect(artefact.image.parts[0].contents.count > 0)
    }

    @Test func `the jump lies behind endbr64`() throws {
        let source = Self.source.replacing("apart:\n", with: "apart:\n    endbr64\n")
        let functions = try fix("$1234", "$4321", in: source).artefact().manifest.functions
        #expect(functions.map(\.jumpOffset) == [4])
    }

    @Test func `a table of jumps beside the code comes with all of its section`() throws {
        let artefact = try fix("movl $5", "movl $6", in: Self.table).artefact()
        #expect(artefact.manifest.functions.map(\.name) == ["choose", "other"])
        #expect(artefact.image.parts.contains { $0.protection == .readOnlyData })
    }

    /// A function that jumps by a table in `.rodata`, as glibc's do.
    static let table = """
        .text
        .p2align 4
        .globl other, choose
        .type other, @function
        other: movl $77, %eax
            ret
        .p2align 4
        .type choose, @function
        choose:
            leaq .Ltable(%rip), %rdx
            andl $1, %edi
            movslq (%rdx,%rdi,4), %rax
            addq %rdx, %rax
            jmp *%rax
        .Lone: movl $5, %eax
            ret
        .Ltwo: movl $7, %eax
            ret
        .section .rodata
        .p2align 2
        .Ltable: .long .Lone - .Ltable, .Ltwo - .Ltable
        """

    @Test func `without a waiver the finding blocks, and nothing is said of types`() throws {
        var fix = fix("addl $1", "addl $2")
        fix.waivers = []
        #expect {
            try fix.artefact()
        } throws: { error in
            guard case PatchRefusal.blocked(let findings) = error else { return false }
            return findings.map(\.rule) == [.changedAssembler] && findings[0].symbols == ["thrice", "triple", "twice"]
        }
    }
}
