// SPDX-License-Identifier: Apache-2.0

internal import LinuxSystem

/// One hook in one thread.
struct HookRun {
    /// What became of a hook.
    enum End: Hashable {
        /// It came back with this result.
        case returned(Int32)
        /// It raised a signal at an instruction; the thread is where it was before.
        case crashed(Signal, RemoteAddress)
        /// It took too long; the thread is where it was before.
        case tooSlow
        /// It took too long, and the thread cannot be got out of it: it goes back by itself when the hook ends.
        case unfinished
        /// The thread has ended.
        case ended
        /// The process runs another program.
        case executed
    }

    private let plan: HookPlan
    private let process: ProcessID
    private let thread: ThreadID
    private let seccomp: ThreadStatus.Seccomp
    /// The code that calls it.
    let stub: HookStub

    /// How long a thread that waits for a device may take to stop.
    private static let settling = Duration.milliseconds(200)
    /// How long a thread may take for what is not the hook if it only waits for a processor: to be stopped longer is less
    /// harm than to be left in a hook.
    private static let starving = Duration.seconds(5)

    init(_ plan: HookPlan, in thread: ThreadID, of process: ProcessID, _ seccomp: ThreadStatus.Seccomp) {
        self.plan = plan
        self.process = process
        self.thread = thread
        self.seccomp = seccomp
        stub = HookStub(for: plan.area, usesXSAVE: ExtendedState.size != nil)
    }

    private var area: HookArea { plan.area }

    /// Runs the hook; the thread is stopped before and after, with the same registers.
    ///
    /// - Parameters:
    ///   - hook: The hook's address.
    ///   - member: The thread.
    ///   - memory: The process's memory.
    ///   - alarm: Ends waiting.
    ///   - canBeGivenUp: Whether the hook may be left in the middle. One that holds a lock may not: it ends by itself.
    /// - Returns: What became of the hook.
    /// - Throws: The call that failed.
    func run(
        _ hook: RemoteAddress, from member: inout ThreadGroup.Member, _ memory: borrowing ProcessMemory,
        _ alarm: borrowing WaitAlarm, canBeGivenUp: Bool = true
    ) throws(SystemError) -> End {
        let original = member.registers
        let signals = try thread.blockedSignals()
        let frame = HookFrame(
            calling: hook, leavingWith: InterruptedCall.resumed(original), blocking: signals)
        try CodeWriter.write(stub.bytes, at: area.code.lowerBound, of: memory, through: thread)
        try CodeWriter.write(frame.bytes, at: area.frame, of: memory, through: thread)
        try thread.setTracingOptions([.reportExecute, .markSystemCalls])
        // The moment: before it nothing has happened, behind it the thread finds its way back even if we die.
        try thread.setRegisters(registers(at: area.code.lowerBound, from: original))
        // The stub does the same; so no signal comes before it has done so.
        try thread.setBlockedSignals(HookFrame.signalsOfHook)

        var isRestartLost = false
        var end = try follow(&member, alarm, within: plan.limit, &isRestartLost)
        if end == .tooSlow, !canBeGivenUp { return .unfinished }
        switch end {
        case .returned: break
        case .ended, .executed, .unfinished: return end
        case .crashed, .tooSlow:
            try sendBack(original)
            let way = try follow(&member, alarm, within: Self.starving, &isRestartLost)
            switch way {
            case .returned: break
            case .ended, .executed: return way
            case .crashed, .tooSlow, .unfinished: return .unfinished
            }
        }
        // A stop from which the kernel restarts calls: behind a system call stop it would not.
        try thread.interrupt()
        try thread.resume()
        member.stop = try settle(alarm)
        guard let stop = member.stop else { return .unfinished }
        guard stop != .ended else { return .ended }
        try thread.setRegisters(isRestartLost ? withoutRestart(original, memory) : original)
        try thread.setBlockedSignals(signals)
        try thread.setTracingOptions(ThreadGroup.options)
        if case .returned = end {
            let result = Int64(
                bitPattern: number(try memory.read(8, at: area.frame.advanced(by: HookFrame.Field.result.offset))))
            // Whatever brought the thread to the end, it was not the hook's return.
            guard let value = Int32(exactly: result) else { return .crashed(.trap, hook) }
            end = .returned(value)
        }
        return end
    }

    /// The registers of a thread whose interrupted call the kernel cannot go on with, because of the hook's.
    private func withoutRestart(_ original: Registers, _ memory: borrowing ProcessMemory) -> Registers {
        let size = InterruptedCall.callSize
        let code = try? memory.read(
            Int(size), at: original.instructionPointer.advanced(by: UInt64(bitPattern: -Int64(size))))
        return InterruptedCall.withoutRestartBlock(original, after: code ?? [])
    }

    /// Sends the stopped thread on its way back, out of the hook.
    func sendBack(_ current: Registers) throws(SystemError) {
        try thread.setRegisters(registers(at: area.code.lowerBound.advanced(by: stub.leaveOffset), from: current))
    }

    /// Registers with which a thread enters the stub.
    private func registers(at instruction: RemoteAddress, from original: Registers) -> Registers {
        var registers = original
        registers.instructionPointer = instruction
        registers.stackPointer = area.stack.upperBound
        // No direction, trap or alignment flag; interrupts are the kernel's business.
        registers.flags = 0x202
        registers.systemCall = -1
        return registers
    }

    /// Lets the thread run until it has left the hook; it is stopped then.
    ///
    /// - Parameters:
    ///   - member: The thread.
    ///   - alarm: Ends waiting.
    ///   - limit: How long to wait.
    ///   - isRestartLost: Becomes true where the kernel now keeps a call of the hook, and not the one that the thread was in.
    /// - Returns: ``End/returned(_:)`` at the end of the stub, with a result that is still to be read.
    /// - Throws: The call that failed.
    private func follow(
        _ member: inout ThreadGroup.Member, _ alarm: borrowing WaitAlarm, within limit: Duration,
        _ isRestartLost: inout Bool
    ) throws(SystemError) -> End {
        let deadline = MonotonicInstant.now.advanced(by: limit)
        var isLeaving = false
        var isEntering = false
        var delivered: Signal?
        while true {
            try thread.resume(delivering: delivered, untilSystemCall: true)
            delivered = nil
            member.stop = try wait(alarm, deadline.elapsed(since: .now))
            switch member.stop {
            case nil: return try interrupt(&member, alarm, &isRestartLost)
            case .ended: return .ended
            case .execute: return .executed
            case .systemCall:
                let position = area.code.lowerBound.distance(to: try thread.registers().instructionPointer)
                if position == Int64(stub.leftOffset) {
                    if isLeaving {
                        try letFiltered(true)
                        return .returned(0)
                    }
                    isLeaving = true
                    try letFiltered(false)
                } else if position == Int64(stub.enteredOffset) {
                    isEntering.toggle()
                    try letFiltered(!isEntering)
                }
            // The one signal that can neither be blocked nor is the hook's own doing.
            case .signal(.stop): delivered = .stop
            case .signal(let signal): return .crashed(signal, try thread.registers().instructionPointer)
            case .interrupted, .group:
                if InterruptedCall.usesRestartBlock(try thread.registers()) { isRestartLost = true }
            case .clone, .other: break
            }
        }
    }

    /// Stops a thread whose time is over.
    private func interrupt(
        _ member: inout ThreadGroup.Member, _ alarm: borrowing WaitAlarm, _ isRestartLost: inout Bool
    ) throws(SystemError) -> End {
        try thread.interrupt()
        member.stop = try settle(alarm)
        switch member.stop {
        case nil: return .unfinished
        case .ended: return .ended
        case .execute: return .executed
        case .signal, .systemCall, .interrupted, .group, .clone, .other:
            if InterruptedCall.usesRestartBlock(try thread.registers()) { isRestartLost = true }
            return .tooSlow
        }
    }

    /// The stub's own system calls are not filtered where that can be had; the hook's are, as the process's.
    private func letFiltered(_ isFiltered: Bool) throws(SystemError) {
        guard seccomp != .disabled else { return }
        let options: TracingOptions = [.reportExecute, .markSystemCalls]
        if isFiltered {
            try thread.setTracingOptions(options)
        } else {
            try? thread.setTracingOptions(options.union(.suspendSeccomp))
        }
    }

    /// Waits for the stop of a thread that is to stop at once: as long as the machine lets it, unless it cannot.
    private func settle(_ alarm: borrowing WaitAlarm) throws(SystemError) -> Stop? {
        let deadline = MonotonicInstant.now.advanced(by: Self.starving)
        while true {
            if let stop = try wait(alarm, Self.settling) { return stop }
            let state = try ThreadStatus(of: thread, in: process).state
            if state == "D" || deadline.elapsed(since: .now) <= .zero { return nil }
        }
    }

    private func wait(_ alarm: borrowing WaitAlarm, _ limit: Duration) throws(SystemError) -> Stop? {
        try alarm.set(after: limit)
        defer { alarm.cancel() }
        return try thread.wait()
    }
}
