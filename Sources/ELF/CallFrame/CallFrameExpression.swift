// SPDX-License-Identifier: Apache-2.0

/// An expression of call frame information: the place or the value of something; DWARF 5, 2.5.
struct CallFrameExpression: Hashable, Sendable {
    /// The operations.
    let bytes: [UInt8]

    /// How many values may lie on the stack.
    private static let depth = 64

    /// The result.
    ///
    /// There are no jumps among the operations, so that it always ends.
    ///
    /// - Parameters:
    ///   - first: What lies on the stack at first.
    ///   - registers: The registers.
    ///   - read: Reads eight bytes of memory.
    /// - Returns: nil where an operation is not one that tables use, or needs what is not known.
    func value(_ first: UInt64?, _ registers: CallFrameRegisters, _ read: (UInt64) -> UInt64?) -> UInt64? {
        var stack = first.map { [$0] } ?? []
        var cursor = CallFrameCursor(bytes, at: 0)
        while let operation = cursor.byte() {
            guard stack.count < Self.depth else { return nil }
            if let constant = Self.constant(operation, &cursor) {
                guard let constant else { return nil }
                stack.append(constant)
                continue
            }
            switch operation {
            case DW_OP_breg0...DW_OP_breg16:
                guard let offset = cursor.signed(), let value = registers[Int(operation - DW_OP_breg0)] else {
                    return nil
                }
                stack.append(value &+ UInt64(bitPattern: offset))
            case DW_OP_dup:
                guard let top = stack.last else { return nil }
                stack.append(top)
            case DW_OP_drop:
                guard stack.popLast() != nil else { return nil }
            case DW_OP_deref, DW_OP_neg, DW_OP_not, DW_OP_plus_uconst:
                guard let top = stack.popLast(), let value = Self.value(operation, of: top, &cursor, read) else {
                    return nil
                }
                stack.append(value)
            case DW_OP_swap:
                guard let right = stack.popLast(), let left = stack.popLast() else { return nil }
                stack += [right, left]
            default:
                guard let right = stack.popLast(), let left = stack.popLast(),
                    let value = Self.value(operation, of: left, and: right)
                else { return nil }
                stack.append(value)
            }
        }
        return stack.last
    }

    /// The constant of an operation, nil within where it is cut off, or nil if the operation has none.
    private static func constant(_ operation: UInt8, _ cursor: inout CallFrameCursor) -> UInt64?? {
        let value: UInt64?
        switch operation {
        case DW_OP_lit0...DW_OP_lit31: value = UInt64(operation - DW_OP_lit0)
        case DW_OP_const1u: value = cursor.number(ofSize: 1)
        case DW_OP_const2u: value = cursor.number(ofSize: 2)
        case DW_OP_const4u: value = cursor.number(ofSize: 4)
        case DW_OP_const8u, DW_OP_const8u + 1: value = cursor.number(ofSize: 8)
        case DW_OP_const1s: value = cursor.signedNumber(ofSize: 1).map { UInt64(bitPattern: $0) }
        case DW_OP_const2s: value = cursor.signedNumber(ofSize: 2).map { UInt64(bitPattern: $0) }
        case DW_OP_const4s: value = cursor.signedNumber(ofSize: 4).map { UInt64(bitPattern: $0) }
        case DW_OP_constu: value = cursor.unsigned()
        case DW_OP_consts: value = cursor.signed().map { UInt64(bitPattern: $0) }
        default: return nil
        }
        return .some(value)
    }

    private static func value(
        _ operation: UInt8, of top: UInt64, _ cursor: inout CallFrameCursor, _ read: (UInt64) -> UInt64?
    ) -> UInt64? {
        switch operation {
        case DW_OP_deref: read(top)
        case DW_OP_neg: 0 &- top
        case DW_OP_not: ~top
        case DW_OP_plus_uconst: cursor.unsigned().map { top &+ $0 }
        default: nil
        }
    }

    private static func value(_ operation: UInt8, of left: UInt64, and right: UInt64) -> UInt64? {
        let signedLeft = Int64(bitPattern: left)
        let signedRight = Int64(bitPattern: right)
        switch operation {
        case DW_OP_and: return left & right
        case DW_OP_or: return left | right
        case DW_OP_xor: return left ^ right
        case DW_OP_plus: return left &+ right
        case DW_OP_minus: return left &- right
        case DW_OP_mul: return left &* right
        case DW_OP_shl: return right < 64 ? left << right : 0
        case DW_OP_shr: return right < 64 ? left >> right : 0
        case DW_OP_shra: return UInt64(bitPattern: signedLeft >> Int64(min(right, 63)))
        // Comparisons are of signed numbers.
        case DW_OP_eq: return left == right ? 1 : 0
        case DW_OP_ne: return left != right ? 1 : 0
        case DW_OP_ge: return signedLeft >= signedRight ? 1 : 0
        case DW_OP_gt: return signedLeft > signedRight ? 1 : 0
        case DW_OP_le: return signedLeft <= signedRight ? 1 : 0
        case DW_OP_lt: return signedLeft < signedRight ? 1 : 0
        default: return nil
        }
    }
}
