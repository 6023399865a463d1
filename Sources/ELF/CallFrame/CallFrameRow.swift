// SPDX-License-Identifier: Apache-2.0

/// What call frame information tells about one instruction: where the caller's frame is, and what its registers are.
package struct CallFrameRow: Hashable, Sendable {
    /// Where the canonical frame address is, the stack pointer before the call.
    enum Frame: Hashable, Sendable {
        /// So far behind a register's value.
        case register(Int, offset: Int64)
        /// What an expression computes.
        case expression(CallFrameExpression)
    }

    /// What a register was in the caller.
    enum Rule: Hashable, Sendable {
        /// It is lost; for the return address: there is no caller.
        case undefined
        /// What it is.
        case same
        /// What lies so far behind the frame address.
        case saved(offset: Int64)
        /// The frame address and so much.
        case value(offset: Int64)
        /// What another register is.
        case register(Int)
        /// What lies where an expression says.
        case savedByExpression(CallFrameExpression)
        /// What an expression computes.
        case valueOfExpression(CallFrameExpression)
    }

    /// The frame address; nil where nothing is told.
    var frame: Frame?
    /// The rules of the registers that one is told of.
    var rules: [Int: Rule] = [:]

    /// What is told about an instruction of a function.
    ///
    /// - Returns: nil if the instruction is not the function's, or if the program cannot be followed.
    package init?(at instruction: UInt64, in entry: CallFrameEntry) {
        guard entry.contains(instruction) else { return nil }
        var program = CallFrameProgram(of: entry, until: instruction)
        guard let row = program.run() else { return nil }
        self = row
    }

    /// No rules.
    init() {}

    /// Whether there is no caller: the first function of a thread says so.
    package var isOutermost: Bool { rules[CallFrameRegisters.returnAddress] == .undefined }

    /// The caller's registers.
    ///
    /// - Parameters:
    ///   - registers: The registers in this frame.
    ///   - isSignalFrame: Whether the caller was interrupted, and has its registers from the frame alone.
    ///   - read: Reads eight bytes of memory, or nil.
    /// - Returns: nil if the return address or the stack pointer cannot be told.
    package func caller(
        of registers: CallFrameRegisters, isSignalFrame: Bool, read: (UInt64) -> UInt64?
    ) -> CallFrameRegisters? {
        guard let address = address(registers, read) else { return nil }
        var caller = CallFrameRegisters()
        for register in 0..<CallFrameRegisters.count {
            switch rules[register] {
            case nil:
                if register == CallFrameRegisters.stackPointer {
                    caller[register] = address
                } else if CallFrameRegisters.preserved.contains(register), !isSignalFrame {
                    caller[register] = registers[register]
                }
            case .undefined: break
            case .same: caller[register] = registers[register]
            case .saved(let offset): caller[register] = read(address &+ UInt64(bitPattern: offset))
            case .value(let offset): caller[register] = address &+ UInt64(bitPattern: offset)
            case .register(let other): caller[register] = registers[other]
            case .savedByExpression(let expression):
                caller[register] = expression.value(address, registers, read).flatMap(read)
            case .valueOfExpression(let expression): caller[register] = expression.value(address, registers, read)
            }
        }
        guard caller[CallFrameRegisters.returnAddress] != nil, caller[CallFrameRegisters.stackPointer] != nil else {
            return nil
        }
        return caller
    }

    private func address(_ registers: CallFrameRegisters, _ read: (UInt64) -> UInt64?) -> UInt64? {
        switch frame {
        case nil: nil
        case .register(let register, let offset): registers[register].map { $0 &+ UInt64(bitPattern: offset) }
        case .expression(let expression): expression.value(nil, registers, read)
        }
    }
}
