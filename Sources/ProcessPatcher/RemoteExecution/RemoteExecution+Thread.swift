// SPDX-License-Identifier: Apache-2.0

internal import LinuxSystem

extension RemoteExecution {
    /// How long one stop is waited for; a call may take long under memory pressure.
    private static let limit = Duration.milliseconds(200)
    /// How long one is waited for that has been sent to make calls, and may only lack a processor.
    private static let starving = Duration.seconds(10)
    /// How many signals may come in between before another thread is asked.
    private static let attempts = 32

    /// Makes the calls that are left through one thread.
    mutating func run(
        on tracee: inout Tracee, _ seccomp: ThreadStatus.Seccomp, _ memory: borrowing ProcessMemory,
        _ alarm: borrowing WaitAlarm
    ) throws(SystemError) -> Result {
        let thread = tracee.thread
        try thread.interrupt()
        for _ in 0..<Self.attempts {
            guard let stop = try tracee.wait(within: alarm, Self.limit) else { return .unusable(.doesNotStop) }
            if stop == .ended { return .unusable(.ended) }
            let registers: Registers
            do throws(SystemError) {
                registers = try thread.registers()
            } catch {
                guard error.number == .invalid else { throw error }
                return .unusable(.notLongMode)
            }
            let original = InterruptedCall.withoutSpuriousInterrupt(registers) ?? registers
            if stop.pendingSignal != nil {
                // Its handler, if it has one, must begin where the thread was. The stop that was asked for follows.
                try thread.setRegisters(original)
                try tracee.resume()
                continue
            }
            guard original.isLongMode else { return .unusable(.notLongMode) }
            guard try !RestartableSequence.holds(thread, at: original.instructionPointer, memory) else {
                return .unusable(.restartableSequence)
            }
            if seccomp != .disabled {
                // Only now: while the thread runs its own code, its filter must hold.
                guard (try? thread.setTracingOptions([.markSystemCalls, .suspendSeccomp])) != nil else {
                    return .unusable(.seccomp)
                }
            }
            let result = try enterStub(&tracee, original, memory, alarm)
            // Filtered again before it runs on, whatever is to follow.
            if seccomp != .disabled, tracee.stop != .ended { try thread.setTracingOptions(.markSystemCalls) }
            guard result == .unusable(.signals) else {
                if tracee.stop == .ended, result == .done { return .unusable(.ended) }
                return result
            }
            try thread.interrupt()
            try tracee.resume()
        }
        return .unusable(.signals)
    }

    /// Makes the calls that are left; the thread is stopped before and after, with the same registers.
    private mutating func enterStub(
        _ tracee: inout Tracee, _ original: Registers, _ memory: borrowing ProcessMemory, _ alarm: borrowing WaitAlarm
    ) throws(SystemError) -> Result {
        let thread = tracee.thread
        let stub = Stub(calls[made...], name: name, leavingWith: InterruptedCall.resumed(original))
        try CodeWriter.write(stub.bytes, at: room, of: memory, through: thread)
        var registers = original
        registers.instructionPointer = room.advanced(by: UInt64(Stub.headerSize))
        registers.systemCall = -1
        // The moment: before it nothing has happened, behind it the thread finishes even if we die.
        try thread.setRegisters(registers)
        isLeft = true

        var result = Result.done
        while made < calls.count {
            let outcome = try step(&tracee, alarm)
            if outcome != .done {
                result = outcome
                break
            }
        }
        guard let stop = tracee.stop else { return .unusable(.doesNotStop) }
        if stop == .ended {
            isLeft = false
            return .unusable(.ended)
        }
        if stop.pendingSignal == nil {
            // A stop from which the kernel restarts calls: behind a system call stop it would not.
            try thread.interrupt()
            try tracee.resume()
            guard let last = try tracee.wait(within: alarm, Self.starving) else { return .unusable(.doesNotStop) }
            if last == .ended {
                isLeft = false
                return .unusable(.ended)
            }
        }
        try thread.setRegisters(original)
        isLeft = false
        try CodeWriter.write([UInt8](repeating: 0, count: stub.bytes.count), at: room, of: memory, through: thread)
        return result
    }

    /// Makes the next call.
    ///
    /// - Returns: ``Result/done`` if it has been made, `unusable(.signals)` if a signal came first.
    private mutating func step(
        _ tracee: inout Tracee, _ alarm: borrowing WaitAlarm
    ) throws(SystemError) -> Result {
        // The stop at the call's beginning and the one at its end.
        for _ in 0..<2 {
            repeat {
                try tracee.resume(untilSystemCall: true)
                guard let stop = try tracee.wait(within: alarm, Self.starving) else { return .unusable(.doesNotStop) }
                if stop == .ended { return .unusable(.ended) }
                if stop.pendingSignal != nil { return .unusable(.signals) }
            } while tracee.stop != .systemCall
        }
        let call = calls[made]
        let result = try tracee.thread.registers().result
        if let required = call.required, UInt64(bitPattern: result) != required {
            let number = ErrorNumber(rawValue: Int32(truncatingIfNeeded: 0 &- result))
            return .failed(name: call.name, (-4095..<0).contains(result) ? number : .exists)
        }
        made += 1
        return .done
    }
}
