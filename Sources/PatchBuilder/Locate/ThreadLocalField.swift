// SPDX-License-Identifier: Apache-2.0

internal import ELF

/// A field of the shipped file by which code reaches a thread-local variable, as the linker left the code or rewrote it
/// (x86-64 psABI, B.2; ELF Handling For Thread-Local Storage, 5).
struct ThreadLocalField {
    /// The relocation of the object file.
    let relocation: Relocation
    /// The field's address in the shipped file.
    let address: TargetAddress
    /// The shipped bytes from 4 before the field to 12 behind its beginning, zero where there are none.
    let shipped: [UInt8]
    /// The same bytes of the object file.
    let built: [UInt8]
    /// The shipped file's thread-local storage.
    let storage: ThreadStorage

    /// How many bytes before the field are looked at.
    static let lead = 4
    /// How many bytes are looked at.
    static let length = 16

    /// Whether the linker has made another sequence of one that calls `__tls_get_addr`.
    var isRewritten: Bool {
        switch relocation.type {
        case .tlsGD: !shipped[0..<4].elementsEqual(built[0..<4])
        case .tlsLD: !shipped[1..<4].elementsEqual(built[1..<4])
        default: false
        }
    }

    /// The variable that the field reaches; nil if it says nothing.
    func variable() -> ThreadVariable? {
        switch relocation.type {
        case .tlsGD:
            if !isRewritten { return slot(at: 4, before: relocation.addend) }
            guard shipped[0..<9].elementsEqual([0x64, 0x48, 0x8b, 0x04, 0x25, 0, 0, 0, 0]) else {
                return nil
            }
            // mov %fs:0, %rax; then lea offset(%rax), %rax or add slot(%rip), %rax
            if shipped[9..<12].elementsEqual([0x48, 0x8d, 0x80]) {
                return own(threadOffset: field(at: 12))
            }
            return shipped[9..<12].elementsEqual([0x48, 0x03, 0x05]) ? slot(at: 12, before: -4) : nil
        case .gotTLSThreadOffset, .tlsDescriptorGotPC32:
            // The slot's kind may have become another one: lea slot(%rip) for a descriptor, mov slot(%rip) for an offset.
            if shipped[3] == built[3], [0x8b, 0x03, 0x8d].contains(shipped[2]) {
                return slot(at: 4, before: relocation.addend)
            }
            return [0xc7, 0x81, 0x8d].contains(shipped[2]) ? own(threadOffset: field(at: 4)) : nil
        case .tlsThreadOffset32:
            return own(threadOffset: field(at: 4) &- relocation.addend)
        case .tlsModuleOffset32:
            // Offsets in the block count from its beginning; in a program they may have become such from its end.
            let offset = field(at: 4) &- relocation.addend
            return offset < 0 ? own(threadOffset: offset) : .own(offset)
        default:
            return nil
        }
    }

    private func own(threadOffset: Int64) -> ThreadVariable? {
        storage.programBlock.map { .own(threadOffset &+ $0) }
    }

    private func slot(at position: Int, before addend: Int64) -> ThreadVariable? {
        let distance = Int64(position - Self.lead) &+ field(at: position) &- addend
        return storage.variable(of: address.advanced(by: distance))
    }

    private func field(at position: Int) -> Int64 {
        let bits = shipped[position..<position + 4].reversed().reduce(0) { $0 << 8 | UInt32($1) }
        return Int64(Int32(bitPattern: bits))
    }
}
