// SPDX-License-Identifier: Apache-2.0

/// A machine instruction, taken apart.
package struct Instruction: Hashable, Sendable {
    /// Its address, counted from what was given for the first byte of the code.
    package var address: UInt64
    /// Its bytes, 1 to 15 of them.
    package var bytes: [UInt8]
    /// Its name with its prefixes, in Intel's spelling; `.byte` for a byte that begins no instruction.
    package var mnemonic: String
    /// Its operands in Intel's syntax.
    package var operands: String
    /// Where control goes after it.
    package var flow: Flow
    /// What is done with the memory operand, if there is one that is not only computed.
    package var memoryAccess: Access?
    /// The field that holds a displacement or a distance from the next instruction, if it has one.
    package var displacement: Field?
    /// The field that holds an immediate operand, or the distance of a branch, if it has one.
    package var immediate: Field?
    /// Where control goes after an instruction.
    package enum Flow: Hashable, Sendable {
        /// To the next instruction.
        case next
        /// To a function, and back: the address, if the instruction says it.
        case call(UInt64?)
        /// Elsewhere: the address, if the instruction says it.
        case jump(UInt64?)
        /// Elsewhere, or to the next instruction.
        case conditionalJump(UInt64)
        /// Back to the caller, or nowhere.
        case end
    }

    /// What is done with memory.
    package struct Access: OptionSet, Hashable, Sendable {
        /// 1 for reading, 2 for writing.
        package let rawValue: UInt8

        /// Wraps the bits.
        package init(rawValue: UInt8) { self.rawValue = rawValue }

        /// It is read.
        package static let read = Access(rawValue: 1)
        /// It is written.
        package static let write = Access(rawValue: 2)
    }

    /// Bytes of an instruction that hold a number.
    package struct Field: Hashable, Sendable {
        /// Where they begin, from the instruction's first byte.
        package var offset: Int
        /// How many they are.
        package var size: Int
        /// The address that is meant, if the number is the distance to it from the next instruction.
        package var target: UInt64?

        /// The bytes, from the instruction's first one.
        package var range: Range<Int> { offset..<offset + size }
    }

    /// An instruction of which nothing more is known.
    package init(address: UInt64, bytes: [UInt8], mnemonic: String, operands: String, flow: Flow) {
        self.address = address
        self.bytes = bytes
        self.mnemonic = mnemonic
        self.operands = operands
        self.flow = flow
    }

    /// The address behind the last byte.
    package var end: UInt64 { address &+ UInt64(bytes.count) }
}

extension Instruction.Flow {
    /// The address at which a branch goes on, if its instruction says it.
    package var target: UInt64? {
        switch self {
        case .call(let target), .jump(let target): target
        case .conditionalJump(let target): target
        case .next, .end: nil
        }
    }

    /// Tells by the instruction's name; Intel SDM volume 1, 7.3.8.
    init(mnemonic: String, target: UInt64?) {
        // A prefix, such as `notrack` or `bnd`, comes first.
        let name = mnemonic.split(separator: " ").last ?? ""
        switch name {
        case "call", "lcall": self = .call(target)
        case "jmp", "ljmp": self = .jump(target)
        case "ret", "retf", "iret", "iretd", "iretq", "hlt", "ud0", "ud1", "ud2", "int3": self = .end
        default:
            let isConditional = name.hasPrefix("j") || name.hasPrefix("loop") || name == "xbegin"
            self = isConditional ? target.map { .conditionalJump($0) } ?? .jump(nil) : .next
        }
    }
}
