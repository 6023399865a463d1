// SPDX-License-Identifier: Apache-2.0

internal import ELF
internal import LivePatch

/// The instructions by which code reaches a thread-local variable, and what a linker may make of them (x86-64 psABI, B.2;
/// ELF Handling For Thread-Local Storage, 5).
struct ThreadLocalSequence {
    /// Where the sequence begins in its section.
    let range: Range<Int>
    /// The offset of the relocation of the call of `__tls_get_addr`, if it is part of the sequence.
    let call: UInt64?
    /// What it is.
    private let kind: Kind

    private enum Kind {
        case generalDynamic
        case localDynamic
        case initialExec(opcode: UInt8, register: UInt8)
        case descriptor
        case descriptorCall
    }

    /// The sequence that a relocation belongs to; nil if it is none that a linker may rewrite.
    init?(_ relocation: Relocation, in code: [UInt8]) {
        guard let field = Int(exactly: relocation.offset), field <= code.count else { return nil }
        func has(_ bytes: [UInt8], at offset: Int) -> Bool {
            offset >= 0 && offset + bytes.count <= code.count
                && code[offset..<offset + bytes.count].elementsEqual(bytes)
        }
        switch relocation.type {
        case .tlsGD:
            // data16 lea slot(%rip), %rdi; then data16 data16 rex.W call, or data16 rex.W call *
            guard has([0x66, 0x48, 0x8d, 0x3d], at: field - 4), field + 12 <= code.count,
                has([0x66, 0x66, 0x48, 0xe8], at: field + 4)
                    || has([0x66, 0x48, 0xff, 0x15], at: field + 4)
            else { return nil }
            range = field - 4..<field + 12
            call = UInt64(field + 8)
            kind = .generalDynamic
        case .tlsLD:
            guard has([0x48, 0x8d, 0x3d], at: field - 3) else { return nil }
            let isDirect = has([0xe8], at: field + 4)
            guard isDirect || has([0xff, 0x15], at: field + 4), field + (isDirect ? 9 : 10) <= code.count
            else {
                return nil
            }
            range = field - 3..<field + (isDirect ? 9 : 10)
            call = UInt64(field + (isDirect ? 5 : 6))
            kind = .localDynamic
        case .gotTLSThreadOffset:
            guard field >= 3, field + 4 <= code.count, [0x48, 0x4c].contains(code[field - 3]),
                [0x8b, 0x03].contains(code[field - 2]), code[field - 1] & 0xc7 == 0x05
            else { return nil }
            range = field - 3..<field + 4
            call = nil
            let register = code[field - 1] >> 3 & 7 | (code[field - 3] == 0x4c ? 8 : 0)
            kind = .initialExec(opcode: code[field - 2], register: register)
        case .tlsDescriptorGotPC32:
            guard has([0x48, 0x8d, 0x05], at: field - 3), field + 4 <= code.count else { return nil }
            range = field - 3..<field + 4
            call = nil
            kind = .descriptor
        case .tlsDescriptorCall:
            guard has([0xff, 0x10], at: field) else { return nil }
            range = field..<field + 2
            call = nil
            kind = .descriptorCall
        default:
            return nil
        }
    }

    /// The same for a variable at a known offset from the thread pointer; for the whole block's beginning, which local
    /// dynamic code asks for, the thread pointer itself.
    func localExec(_ offset: Int32) -> [UInt8] {
        let field = littleEndian(offset)
        return switch kind {
        // mov %fs:0, %rax; lea offset(%rax), %rax
        case .generalDynamic: Self.threadPointer + [0x48, 0x8d, 0x80] + field
        case .localDynamic:
            [UInt8](repeating: 0x66, count: range.count - Self.threadPointer.count) + Self.threadPointer
        case .initialExec(0x8b, let register):
            // mov $offset, %register
            [register < 8 ? 0x48 : 0x49, 0xc7, 0xc0 | register & 7] + field
        case .initialExec(_, let register):
            // add $offset, %register
            [register < 8 ? 0x48 : 0x49, 0x81, 0xc0 | register & 7] + field
        case .descriptor: [0x48, 0xc7, 0xc0] + field  // mov $offset, %rax
        case .descriptorCall: [0x66, 0x90]  // xchg %ax, %ax
        }
    }

    /// The same through a slot that holds the offset from the thread pointer, and where in the section the distance to that
    /// slot is; nil for a sequence that has none.
    func initialExec() -> (code: [UInt8], field: UInt64?)? {
        switch kind {
        case .generalDynamic:
            // mov %fs:0, %rax; add slot(%rip), %rax
            (Self.threadPointer + [0x48, 0x03, 0x05, 0, 0, 0, 0], UInt64(range.upperBound - 4))
        case .descriptor: ([0x48, 0x8b, 0x05, 0, 0, 0, 0], UInt64(range.upperBound - 4))  // mov slot(%rip), %rax
        case .descriptorCall: ([0x66, 0x90], nil)
        case .localDynamic, .initialExec: nil
        }
    }

    /// `mov %fs:0, %rax`.
    private static let threadPointer: [UInt8] = [0x64, 0x48, 0x8b, 0x04, 0x25, 0, 0, 0, 0]
}
