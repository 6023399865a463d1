// SPDX-License-Identifier: Apache-2.0

/// An instruction whose last four bytes are the distance to where it goes; Intel SDM volume 2, CALL, JMP and Jcc.
enum Branch {
    /// `call`.
    case call
    /// `jmp` or a conditional jump.
    case jump

    /// The branch whose operand is the field at an offset of some code, or nil if it is another instruction's.
    init?(operandAt field: Int, of code: [UInt8]) {
        guard field >= 1, field <= code.count else { return nil }
        switch code[field - 1] {
        case 0xe8: self = .call
        case 0xe9: self = .jump
        case 0x80...0x8f where field >= 2 && code[field - 2] == 0x0f: self = .jump
        default: return nil
        }
    }
}
