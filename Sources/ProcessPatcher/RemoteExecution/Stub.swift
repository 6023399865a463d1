// SPDX-License-Identifier: Apache-2.0

package import LinuxSystem
internal import LivePatch

/// Code that makes a thread call the system and then be as it was, by itself.
///
/// Nothing needs the tracer once the thread is in it. The code touches neither the stack, so that the red zone and a
/// stack's last bytes stay as they are, nor the flags (`mov`, `lea` and `jrcxz` leave them alone and `syscall` restores
/// them), nor the floating-point state. So what it has to restore are the general registers, as constants.
package struct Stub: Sendable {
    /// What lies before the code: a mark by which a later run knows what a killed one left behind, the length, and a
    /// name that ``RemoteCall/name(_:as:)`` can refer to.
    package static let headerSize = nameOffset + nameSize
    /// Where the name lies.
    package static let nameOffset = 16
    /// The first eight bytes of the mark.
    static let mark: [UInt8] = Array("KAKETSGI".utf8)
    /// The longest name, with its terminator.
    static let nameSize = 32

    /// The bytes, header included.
    package let bytes: [UInt8]

    /// Assembles the code.
    ///
    /// - Parameters:
    ///   - calls: The system calls, in order; the first that has not its required result is the last one made.
    ///   - name: A name for a mapping; what is too long is cut off.
    ///   - registers: What the thread has when it leaves the code.
    package init(_ calls: some Sequence<RemoteCall>, name: String = "", leavingWith registers: Registers) {
        var code = Self.code(for: calls)
        for (register, value) in registers.general {
            code.move(value, to: register)
        }
        code += [0xff, 0x25, 0, 0, 0, 0]  // jmp *0(%rip)
        code += littleEndian(registers.instructionPointer.rawValue)
        // So that a search for unused bytes never takes an address's leading zeros for some.
        code += [0xcc]
        let text = Array(name.utf8.prefix(Self.nameSize - 1))
        bytes =
            Self.mark + littleEndian(UInt64(Self.headerSize + code.count))
            + text + [UInt8](repeating: 0, count: Self.nameSize - text.count) + code
    }

    /// What a stub of some calls is at most long, whatever the registers are.
    package static func maximalSize(of calls: [RemoteCall]) -> Int {
        headerSize + code(for: calls).count + 15 * 10 + 15
    }

    private static func code(for calls: some Sequence<RemoteCall>) -> [UInt8] {
        var code: [UInt8] = []
        var exits: [Int] = []
        for call in calls {
            // rdi, rsi, rdx, r10, r8, r9; rax last.
            for (argument, register) in zip(call.arguments, [7, 6, 2, 10, 8, 9] as [UInt8]) {
                code.move(argument, to: register)
            }
            code.move(call.number, to: 0)
            code += [0x0f, 0x05]  // syscall
            guard let required = call.required else { continue }
            code.move(0 &- required, to: 1)
            code += [0x48, 0x8d, 0x0c, 0x01]  // lea (%rcx,%rax), %rcx
            code += [0xe3, 0x05]  // jrcxz past the jump
            code += [0xe9, 0, 0, 0, 0]  // jmp to the end
            exits.append(code.count)
        }
        for exit in exits {
            code.replaceSubrange(exit - 4..<exit, with: littleEndian(UInt32(code.count - exit)))
        }
        return code
    }
}

extension [UInt8] {
    /// `mov $value, register`, in its 32-bit form where that zero-extends to the value.
    fileprivate mutating func move(_ value: UInt64, to register: UInt8) {
        let extended = register >= 8
        if let short = UInt32(exactly: value) {
            if extended { append(0x41) }
            append(0xb8 | register & 7)
            self += littleEndian(short)
        } else {
            append(extended ? 0x49 : 0x48)
            append(0xb8 | register & 7)
            self += littleEndian(value)
        }
    }
}

/// The number that some bytes tell, the lowest first; missing bytes count as zero.
func number(_ bytes: some Sequence<UInt8>) -> UInt64 {
    bytes.prefix(8).enumerated().reduce(0) { $0 | UInt64($1.element) << (8 * UInt64($1.offset)) }
}
