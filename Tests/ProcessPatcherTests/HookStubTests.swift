// SPDX-License-Identifier: Apache-2.0

import Foundation
import LinuxSystem
import Testing

@testable import ProcessPatcher

/// The stub's bytes, against an assembler's; not every processor can run all of them.
@Suite struct HookStubTests {
    @Test(arguments: [true, false])
    func `the stub is what the assembler makes of its source`(usesXSAVE: Bool) throws {
        let workshop = try Workshop()
        let end = RemoteAddress(0x1000_0000)
        let area = HookArea(endOf: RemoteAddress(0x800_0000)..<end)
        var symbols = HookFrame.Field.allCases.map { ("\($0)", area.frame.advanced(by: $0.offset)) }
        symbols.append(("state", area.state))
        for (number, name) in Self.registers {
            symbols.append(("r_\(name)", area.frame.advanced(by: HookFrame.offset(ofRegister: number))))
        }
        let source = """
            __asm__(".text\\n.globl _start\\n_start:\\n"
            \(Self.source(usesXSAVE).split(separator: "\n").map { "\"\($0)\\n\"" }.joined(separator: "\n"))
            );

            """
        try workshop.compile(
            source, to: "stub",
            ["-nostdlib", "-static", "-Wl,-Ttext=\(area.code.lowerBound)", "-Wl,--build-id=none"]
                + symbols.map { "-Wl,--defsym=\($0.0)=\($0.1)" })
        let copy = Process()
        copy.executableURL = URL(filePath: "/usr/bin/objcopy")
        copy.arguments = ["-O", "binary", "-j", ".text", workshop.path("stub"), workshop.path("stub.bin")]
        try copy.run()
        copy.waitUntilExit()
        #expect(copy.terminationStatus == 0)
        let stub = HookStub(for: area, usesXSAVE: usesXSAVE)
        #expect(stub.bytes == (try workshop.bytes("stub.bin")))
        // Both system calls end where the patcher looks for them.
        for offset in [stub.enteredOffset, stub.leftOffset] {
            #expect(Array(stub.bytes[Int(offset) - 2..<Int(offset)]) == [0x0f, 0x05])
        }
        #expect(UInt64(stub.bytes.count) < area.code.size)
    }

    @Test func `the area's parts lie apart, and what XSAVE writes has room`() {
        let region = RemoteAddress(0x700_0000)..<RemoteAddress(0x800_0000)
        let area = HookArea(endOf: region)
        #expect(area.writable.upperBound == region.upperBound)
        #expect(area.code.upperBound < area.writable.lowerBound, "a page between is never written to")
        #expect(area.frame == area.stack.upperBound)
        #expect(area.state.rawValue % 64 == 0)
        #expect(area.state.advanced(by: HookArea.stateSize) == area.writable.upperBound)
        #expect((ExtendedState.size ?? 512) <= HookArea.stateSize)
    }

    private static let registers: [(UInt8, String)] = [
        (0, "rax"), (1, "rcx"), (2, "rdx"), (3, "rbx"), (5, "rbp"), (6, "rsi"), (7, "rdi"), (8, "r8"), (9, "r9"),
        (10, "r10"), (11, "r11"), (12, "r12"), (13, "r13"), (14, "r14"), (15, "r15"),
    ]

    private static func source(_ usesXSAVE: Bool) -> String {
        let all = "mov $-1, %eax\nmov $-1, %edx\n"
        func setSignals(_ field: String) -> String {
            "mov $14, %eax\nmov $2, %edi\nlea \(field)(%rip), %rsi\nmov $0, %edx\nmov $8, %r10d\nsyscall\n"
        }
        return setSignals("hookSignals") + "xor %eax, %eax\nrdsspq %rax\nmov %rax, shadowStack(%rip)\n" + all
            + "\(usesXSAVE ? "xsave64" : "fxsave64") state(%rip)\n"
                + """
                fninit
                ldmxcsr roundingMode(%rip)
                xor %eax, %eax
                notrack call *hook(%rip)
                cltq
                mov %rax, result(%rip)
                xor %eax, %eax
                rdsspq %rax
                test %rax, %rax
                je 2f
                mov shadowStack(%rip), %rcx
                sub %rax, %rcx
                shr $3, %rcx
                1: test %rcx, %rcx
                je 2f
                mov $255, %edx
                cmp %rdx, %rcx
                cmovb %rcx, %rdx
                incsspq %rdx
                sub %rdx, %rcx
                jmp 1b
                2:

                """ + all
                + """
                \(usesXSAVE ? "xrstor64" : "fxrstor64") state(%rip)
                push flags(%rip)
                popf
                mov stackPointer(%rip), %rsp

                """ + setSignals("signals")
            + registers.map { "mov r_\($0.1)(%rip), %\($0.1)\n" }.joined() + "notrack jmp *continuation(%rip)\nint3"
    }
}
