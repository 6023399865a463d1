// SPDX-License-Identifier: Apache-2.0

internal import LinuxSystem
internal import LivePatch

/// What the ``HookStub`` reads and writes: which hook to call, and what the thread has when it goes on.
///
/// It is complete in memory before the thread is sent into the stub, so that the thread can find its way back alone.
struct HookFrame {
    /// The fields; each is eight bytes long and lies at eight times its position.
    enum Field: Int, CaseIterable {
        /// The hook's address.
        case hook
        /// What the hook returned, sign-extended.
        case result
        /// Where the thread goes on.
        case continuation
        /// Its stack pointer there.
        case stackPointer
        /// Its flags there.
        case flags
        /// The signals that it blocks there.
        case signals
        /// The signals that it blocks while the hook runs.
        case hookSignals
        /// `MXCSR` as a program begins with: all exceptions masked, round to nearest.
        case roundingMode
        /// The shadow stack's pointer when the hook was called, 0 where there is none.
        case shadowStack

        var offset: UInt64 { UInt64(rawValue) * 8 }
    }

    /// Where the general registers lie, by their number.
    static func offset(ofRegister number: UInt8) -> UInt64 { 128 + UInt64(number) * 8 }

    /// A result that no hook can give: it has not come back.
    static let noResult = Int64.min

    /// Every signal but those that an instruction raises, which the patcher intercepts.
    private static let blockable = ~Signal.synchronous.reduce(0) { $0 | $1.bit }

    /// The bytes.
    let bytes: [UInt8]

    /// A call of a hook.
    ///
    /// - Parameters:
    ///   - hook: The hook's address.
    ///   - registers: What the thread has when it goes on, system call restarted.
    ///   - signals: What it blocks then.
    init(calling hook: RemoteAddress, leavingWith registers: Registers, blocking signals: UInt64) {
        var bytes = [UInt8](repeating: 0, count: Int(Self.offset(ofRegister: 16)))
        func put(_ value: UInt64, at offset: UInt64) {
            bytes.replaceSubrange(Int(offset)..<Int(offset) + 8, with: littleEndian(value))
        }
        put(hook.rawValue, at: Field.hook.offset)
        put(UInt64(bitPattern: Self.noResult), at: Field.result.offset)
        put(registers.instructionPointer.rawValue, at: Field.continuation.offset)
        put(registers.stackPointer.rawValue, at: Field.stackPointer.offset)
        put(registers.flags, at: Field.flags.offset)
        put(signals, at: Field.signals.offset)
        put(Self.blockable, at: Field.hookSignals.offset)
        put(0x1f80, at: Field.roundingMode.offset)
        for (number, value) in registers.general { put(value, at: Self.offset(ofRegister: number)) }
        self.bytes = bytes
    }

    /// Lets a thread that runs a hook make the call anew in which it was interrupted before, if it was to go on with it:
    /// the kernel keeps a call of the hook by now.
    ///
    /// - Parameters:
    ///   - frame: Where the frame is.
    ///   - memory: The process's memory.
    ///   - thread: A stopped thread of the process.
    /// - Throws: The call that failed.
    static func leaveWithoutRestart(
        at frame: RemoteAddress, of memory: borrowing ProcessMemory, through thread: ThreadID
    ) throws(SystemError) {
        var frame = (address: frame, bytes: try memory.read(Int(offset(ofRegister: 16)), at: frame))
        func value(at offset: UInt64) -> UInt64 { ProcessPatcher.number(frame.bytes[Int(offset)..<Int(offset) + 8]) }
        let instruction = RemoteAddress(value(at: Field.continuation.offset))
        guard value(at: offset(ofRegister: 0)) == UInt64(InterruptedCall.restartSystemCall),
            try memory.read(2, at: instruction) == [0x0f, 0x05]
        else { return }
        var registers = Registers()
        registers.instructionPointer = instruction.advanced(by: 2)
        registers.result = InterruptedCall.restartBlock
        registers.systemCall = InterruptedCall.restartSystemCall
        let before = registers.instructionPointer.advanced(by: UInt64(bitPattern: -Int64(InterruptedCall.callSize)))
        let code = (try? memory.read(Int(InterruptedCall.callSize), at: before)) ?? []
        let after = InterruptedCall.resumed(InterruptedCall.withoutRestartBlock(registers, after: code))
        func put(_ value: UInt64, at offset: UInt64) {
            frame.bytes.replaceSubrange(Int(offset)..<Int(offset) + 8, with: littleEndian(value))
        }
        put(UInt64(bitPattern: after.result), at: offset(ofRegister: 0))
        put(after.instructionPointer.rawValue, at: Field.continuation.offset)
        // In one piece, so that no death leaves the one without the other.
        try CodeWriter.write(frame.bytes, at: frame.address, of: memory, through: thread)
    }

    /// What a thread blocks while it runs a hook.
    static var signalsOfHook: UInt64 { blockable }
}
