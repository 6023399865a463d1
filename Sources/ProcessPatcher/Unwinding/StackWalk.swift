// SPDX-License-Identifier: Apache-2.0

internal import ELF
internal import LinuxSystem

/// The frames of a stopped thread from where it is to the first function that it began with, by call frame information.
///
/// There is a walk only if every step is proved: each frame is covered, each return address lies behind a call, frames
/// ascend, and the last one says itself that it has no caller. Otherwise a stack is taken for a heap of words.
struct StackWalk {
    /// The words that are known: all that lies in these ranges and is no return address of the walk is none.
    private(set) var known: [Range<RemoteAddress>] = []
    /// Where the thread will return to, the innermost first.
    private(set) var returns: [RemoteAddress] = []
    /// Where signals have interrupted it, and it will go on.
    private(set) var interruptions: [RemoteAddress] = []

    /// How many frames a thread may have; deeper recursion is not followed.
    private static let limit = 1024
    /// A signal handler may be interrupted by another one.
    private static let stacks = 4

    /// Walks the stack of a thread; nil if a step is not proved.
    init?(
        from registers: Registers, by frames: CallFrames, _ memory: borrowing ProcessMemory
    ) throws(SystemError) {
        var window = StackWindow(from: registers.stackPointer, memory)
        var current = CallFrameRegisters(registers)
        var start = registers.stackPointer
        var isInterrupted = true
        for _ in 0..<Self.limit {
            guard let instruction = current[CallFrameRegisters.returnAddress],
                let stackPointer = current[CallFrameRegisters.stackPointer]
            else { return nil }
            // A call may be the last instruction of its function: what it returns to is another's.
            guard
                let (row, isSignalFrame) = try frames.row(
                    at: isInterrupted ? instruction : instruction &- 1, memory)
            else { return nil }
            if !isInterrupted, !isSignalFrame {
                guard try Self.isBehindCall(instruction, memory) else { return nil }
            }
            if row.isOutermost {
                guard !isInterrupted, !isSignalFrame else { return nil }
                known.append(start..<RemoteAddress(stackPointer))
                return
            }
            guard
                let caller = row.caller(
                    of: current, isSignalFrame: isSignalFrame, read: { window.word(at: $0, memory) }),
                let next = caller[CallFrameRegisters.stackPointer], let there = caller[CallFrameRegisters.returnAddress]
            else { return nil }
            if isSignalFrame {
                // The frame's saved registers are no return addresses, but they are left to the other check.
                known.append(start..<RemoteAddress(stackPointer))
                guard known.count < Self.stacks else { return nil }
                start = RemoteAddress(next)
                interruptions.append(RemoteAddress(there))
            } else {
                guard next > stackPointer else { return nil }
                returns.append(RemoteAddress(there))
            }
            isInterrupted = isSignalFrame
            current = caller
        }
        return nil
    }

    private static func isBehindCall(_ instruction: UInt64, _ memory: borrowing ProcessMemory) throws(SystemError)
        -> Bool
    {
        let bytes = try memory.readAvailable(7, at: RemoteAddress(instruction &- 7))
        return bytes.count == 7 && ActiveCode.mayEndInCall(bytes)
    }
}

extension CallFrameRegisters {
    /// The registers of a stopped thread.
    init(_ registers: Registers) {
        self.init()
        // The processor numbers rcx 1, rdx 2, rbx 3, rsi 6, rdi 7, rbp 5 and rsp 4.
        let numbers: [UInt8: Int] = [0: 0, 1: 2, 2: 1, 3: 3, 5: 6, 6: 4, 7: 5]
        for (number, value) in registers.general { self[numbers[number] ?? Int(number)] = value }
        self[Self.stackPointer] = registers.stackPointer.rawValue
        self[Self.returnAddress] = registers.instructionPointer.rawValue
    }
}
