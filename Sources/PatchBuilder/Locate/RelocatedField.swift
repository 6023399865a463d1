// SPDX-License-Identifier: Apache-2.0

internal import ELF

/// What a relocated field of the shipped file says about the symbol that it refers to.
enum FieldValue: Hashable {
    /// The symbol's own address, or for a call the address that the linker chose for it, such as a PLT entry.
    case address(TargetAddress)
    /// The address of the symbol's slot in the global offset table.
    case slot(TargetAddress)
}

/// A field of the shipped file, seen from the relocation that made it.
struct RelocatedField {
    /// The relocation of the object file.
    var relocation: Relocation
    /// The field's address in the shipped file.
    var address: TargetAddress
    /// The shipped bytes from 3 before the field to its end, zero where there are none.
    var shipped: [UInt8]
    /// The same bytes of the object file.
    var built: [UInt8]

    /// How many bytes before the field are looked at: the longest that relaxation may rewrite.
    static let lead = 3

    /// What the field says of its symbol, without the addend; nil for a type that says nothing, such as thread-local
    /// offsets, and for bytes that no relaxation makes.
    func value() -> FieldValue? {
        guard let shape = FieldShape(relocation.type) else { return nil }
        switch shape.meaning {
        case .relative: return .address(relative(field(at: Self.lead, width: shape.width), from: 0))
        case .absolute:
            let value = field(at: Self.lead, width: shape.width)
            return .address(TargetAddress(rawValue: UInt64(bitPattern: value &- relocation.addend)))
        case .slot: return slotValue()
        case .threadLocal: return nil
        }
    }

    /// Reads an access through the global offset table, relaxed by the linker or not; psABI B.2.
    private func slotValue() -> FieldValue? {
        let rex = shipped[0]
        let opcode = shipped[1]
        let modRM = shipped[2]
        let inner = field(at: Self.lead, width: 4)
        if shipped[..<Self.lead].elementsEqual(built[..<Self.lead]) { return .slot(relative(inner, from: 0)) }
        guard built[1] == 0xff || built[1] == 0x8b else { return nil }
        switch (built[1], built[2]) {
        case (0x8b, _) where opcode == 0x8d && modRM == built[2] && rex == built[0]:  // mov → lea
            return .address(relative(inner, from: 0))
        case (0xff, 0x15) where opcode == 0x67 && modRM == 0xe8:  // call * → addr32 call
            return .address(relative(inner, from: 0))
        case (0xff, 0x25) where opcode == 0xe9 && shipped[Self.lead + 3] == 0x90:  // jmp * → jmp; nop
            return .address(relative(field(at: Self.lead - 1, width: 4), from: -1))
        default:
            return nil
        }
    }

    /// The symbol that is `distance` away by the rule S + A - P, for a field moved by `shift` bytes.
    private func relative(_ distance: Int64, from shift: Int64) -> TargetAddress {
        address.advanced(by: distance &+ shift &- relocation.addend)
    }

    private func field(at position: Int, width: Int) -> Int64 {
        var value: UInt64 = 0
        for byte in shipped[position..<position + width].reversed() { value = value << 8 | UInt64(byte) }
        return width == 8 ? Int64(bitPattern: value) : Int64(Int32(truncatingIfNeeded: value))
    }
}
