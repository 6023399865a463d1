// SPDX-License-Identifier: Apache-2.0

import ELF
import TestSupport
import Testing

@testable import PatchBuilder

/// Two builds of one source are told to be the same code, however the assembler encodes its branches.
@Suite struct BuildEquivalenceTests {
    /// A function with a neighbour in the same section, as it is without `-ffunction-sections`.
    private static let plain = """
        .section .rodata.str1.1,"aMS",@progbits,1
        .LC0: .string "one"
        .LC1: .string "two"
        .section .rodata
        .type first, @object
        .size first, 8
        first: .quad 1
        .type second, @object
        .size second, 8
        second: .quad 2
        .text
        .globl g
        .type g, @function
        g: mov $7, %eax
        ret
        .size g, .-g
        .p2align 4
        .globl f
        .type f, @function
        f: test %edi, %edi
        {disp32} je 1f
        lea .LC0(%rip), %rax
        mov second(%rip), %rcx
        .p2align 3
        1: cmp $9, %edi
        {disp32} jne f
        call outside@PLT
        jmp g
        .size f, .-f
        """

    /// The same with sections: short branches, and a relocated jump to the neighbour.
    private static let sectioned =
        plain
        .replacing(".section .rodata\n", with: ".section .rodata.first,\"a\"\n")
        .replacing(".type second", with: ".section .rodata.second,\"a\"\n.type second")
        .replacing(".text\n", with: ".section .text.g,\"ax\",@progbits\n")
        .replacing(".p2align 4\n", with: ".section .text.f,\"ax\",@progbits\n.p2align 4\n")
        .replacing("{disp32} ", with: "")

    private func unit(_ assembly: String) throws -> UnitObject {
        let directory = try TemporaryDirectory()
        try directory.write(assembly + "\n.section .note.GNU-stack,\"\"\n", to: "unit.s")
        try compile(["-c", "unit.s", "-o", "unit.o"], in: directory)
        return try UnitObject(source: "unit.s", bytes: try directory.read("unit.o"))
    }

    /// A function that uses a named string, which is merged with others or has a section of its own.
    private static func named(_ text: String, in section: String) -> String {
        """
        .section \(section)
        .type name, @object
        name: .string "\(text)"
        .size name, .-name
        .text
        .globl f
        .type f, @function
        f: test %edi, %edi
        {disp32} je 1f
        lea name(%rip), %rdi
        1: jmp outside@PLT
        .size f, .-f
        """
    }

    @Test func `a named constant that is merged is the same in a section of its own`() throws {
        let merged = try unit(Self.named("one", in: ".rodata.str1.1,\"aMS\",@progbits,1"))
        // A branch of another width, so that the bytes alone do not say that both are the same.
        let own = try unit(Self.named("one", in: ".rodata.name,\"a\"").replacing("{disp32} ", with: ""))
        let other = try unit(Self.named("two", in: ".rodata.name,\"a\"").replacing("{disp32} ", with: ""))
        var equal = BuildEquivalence(plain: merged, sectioned: own)
        try equal.require()
        var different = BuildEquivalence(plain: merged, sectioned: other)
        #expect(throws: PatchRefusal.differentFunctions(unit: "unit.s", functions: ["f"])) { try different.require() }
    }

    @Test func `branches of another width and other padding are the same code`() throws {
        let plain = try unit(Self.plain)
        let sectioned = try unit(Self.sectioned)
        #expect(plain.functions["f"]?.size != sectioned.functions["f"]?.size)
        var equivalence = BuildEquivalence(plain: plain, sectioned: sectioned)
        try equivalence.require()
    }

    @Test(arguments: [
        ("another condition", "je 1f", "jne 1f"), ("another destination", "jne f", "jne 1b"),
        ("another text", "lea .LC0", "lea .LC1"), ("another datum", "mov second", "mov first"),
        ("another place in the datum", "mov second(", "mov second+4("),
        ("another function outside", "call outside", "call inside"),
        ("another neighbour", "jmp g", "jmp f"), ("a place inside of the neighbour", "jmp g", "jmp g+5"),
        ("another operand", "cmp $9", "cmp $8"), ("one instruction more", "cmp $9", "inc %eax\ncmp $9"),
        ("a call for a jump", "jmp g", "call g"),
    ])
    func `a difference in what the code does is refused`(what: String, original: String, other: String) throws {
        let changed = Self.sectioned.replacing(original, with: other)
        #expect(changed != Self.sectioned)
        var equivalence = BuildEquivalence(plain: try unit(Self.plain), sectioned: try unit(changed))
        #expect(throws: PatchRefusal.differentFunctions(unit: "unit.s", functions: ["f"])) {
            try equivalence.require()
        }
    }
}
