// SPDX-License-Identifier: Apache-2.0

internal import LinuxSystem
internal import LivePatch

/// A call of an unwinder's function by a borrowed thread, while all other threads of the process run.
struct UnwindErrand {
    /// Where the thread runs, and what it is given.
    let area: UnwindArea
    private let hookArea: HookArea
    private let quiet: QuietThread

    /// How long a thread may take; beyond it is left to itself.
    private static let limit = Duration.seconds(5)
    /// How many threads are asked at a time.
    private static let threads = 32

    /// Prepares calls of unwinders that have these functions.
    init(in hookArea: HookArea, with unwinders: [RemoteAddress], among files: [LoadedFile]) {
        self.hookArea = hookArea
        area = UnwindArea(in: hookArea)
        quiet = QuietThread(
            unwinders: files.filter { file in unwinders.contains { file.range.contains($0) } }
                .flatMap { $0.executable.map(\.range) })
    }

    /// Asks the threads that wait.
    ///
    /// - Parameters:
    ///   - code: The function that the thread is to run; it notes by itself what it has done.
    ///   - arguments: What the function finds in the area.
    ///   - memory: The process's memory, writable.
    /// - Returns: Whether a thread has run it.
    /// - Throws: ``PatchError/unwindingUnfinished(thread:)``, ``PatchError/hookRunning(thread:)``,
    ///   ``PatchError/traced(_:by:)``, ``PatchError/exited(_:)``, ``PatchError/system(_:)``.
    func run(
        _ code: [UInt8], with arguments: (address: RemoteAddress, bytes: [UInt8]), in memory: borrowing ProcessMemory
    ) throws(PatchError) -> Bool {
        try requireEmptyArea(memory)
        let process = memory.process
        let threads = try about(process) { () throws(SystemError) in
            try ProcessDirectory.threads(of: process)
        }
        let alarm = try about(process) { () throws(SystemError) in try WaitAlarm() }
        var asked = 0
        for thread in threads where asked < Self.threads {
            guard let status = try? ThreadStatus(of: thread, in: process), status.state == "S" else {
                continue
            }
            if let tracer = status.tracer { throw .traced(process, by: tracer) }
            guard status.seccomp != .strict else { continue }
            asked += 1
            let end: HookRun.End?
            do throws(SystemError) {
                end = try run(code, arguments, in: thread, status.seccomp, memory, alarm)
            } catch {
                guard error.meansGone else { throw .because(error, of: process) }
                continue
            }
            switch end {
            case nil, .ended: continue
            case .returned: return true
            case .executed: throw .executedAnotherProgram(process)
            case .crashed, .tooSlow, .unfinished: throw .unwindingUnfinished(thread: thread)
            }
        }
        return false
    }

    /// Stops one thread, and if it is fit lets it call the unwinder.
    private func run(
        _ code: [UInt8], _ arguments: (address: RemoteAddress, bytes: [UInt8]), in thread: ThreadID,
        _ seccomp: ThreadStatus.Seccomp, _ memory: borrowing ProcessMemory, _ alarm: borrowing WaitAlarm
    ) throws(SystemError) -> HookRun.End? {
        guard ExtendedState.size ?? 0 <= HookArea.stateSize else { return nil }
        var tracee = try Tracee(seizing: thread, .reportExecute)
        guard let stop = try tracee.interrupt(within: alarm, .milliseconds(200)), stop == .interrupted
        else { return nil }
        let registers = try thread.registers()
        let original = InterruptedCall.withoutSpuriousInterrupt(registers) ?? registers
        // Before anything else: we may end at any time.
        if original.result != registers.result { try thread.setRegisters(original) }
        guard original.isLongMode, try quiet.qualifies(thread, original, memory),
            try !RestartableSequence.holds(thread, at: original.instructionPointer, memory)
        else { return nil }

        try CodeWriter.write(code, at: area.code, of: memory, through: thread)
        try CodeWriter.write(arguments.bytes, at: arguments.address, of: memory, through: thread)
        try CodeWriter.write(littleEndian(UInt64(1)), at: area.busy, of: memory, through: thread)
        var member = ThreadGroup.Member(thread: thread, stop: stop, registers: original)
        let run = HookRun(
            HookPlan(area: hookArea, limit: Self.limit), in: thread, of: memory.process, seccomp)
        let end = try run.run(area.code, from: &member, memory, alarm, canBeGivenUp: false)
        tracee.note(member.stop)
        if case .returned = end {
            try CodeWriter.write(littleEndian(UInt64(0)), at: area.busy, of: memory, through: thread)
        }
        return end
    }

    /// Makes sure that no thread is still in the area for a patcher that was killed.
    ///
    /// A thread only comes there through a patcher, so that one which is not there never will be.
    ///
    /// - Parameters:
    ///   - memory: The process's memory, writable.
    ///   - afterDeath: Whether there may be one although nothing notes it.
    /// - Throws: ``PatchError/hookRunning(thread:)`` and what stopping the process throws.
    func requireEmptyArea(_ memory: borrowing ProcessMemory, afterDeath: Bool = false) throws(PatchError) {
        let busy = area.busy
        let isBusy = try about(memory.process) { () throws(SystemError) in
            try memory.number(of: 8, at: busy) != 0
        }
        guard isBusy || afterDeath else { return }
        var group = try ThreadGroup(of: memory.process)
        try group.seize()
        try group.stop(within: .milliseconds(160))
        let inside = group.members.indices.first { hookArea.contains(group.members[$0].registers) }
        let thread = inside.map { group.members[$0].thread }
        _ = group.release()
        if let thread { throw .hookRunning(thread: thread) }
        try about(memory.process) { () throws(SystemError) in
            if isBusy { try CodeWriter.write(littleEndian(UInt64(0)), at: busy, of: memory) }
        }
    }
}
