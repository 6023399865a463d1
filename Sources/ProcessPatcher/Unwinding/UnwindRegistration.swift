// SPDX-License-Identifier: Apache-2.0

internal import LinuxSystem
internal import LivePatch

/// Tells the unwinders of a process how to pass through a patch's code, before any of it is entered.
///
/// A thread that waits in the kernel is borrowed, as for hooks, but while all others run: the unwinder's lock is given free
/// by whoever has it. It is not given up, since it may have the lock itself; it ends alone whatever becomes of the patcher.
struct UnwindRegistration {
    let tables: Manifest.UnwindTables
    let unwinders: [RemoteAddress]
    private let record: ResidentRecord
    private let hookArea: HookArea
    private let quiet: QuietThread
    /// Whether a killed patcher may have left a thread that runs a hook.
    private let afterDeath: Bool

    /// How long a thread may take; beyond it is left to itself.
    private static let limit = Duration.seconds(5)
    /// How long a process is tried that can do without.
    private static let courtesy = Duration.milliseconds(20)
    /// How many threads are asked at a time.
    private static let threads = 32

    /// Prepares; nil if the patch has no tables.
    ///
    /// - Parameters:
    ///   - record: The patch in the process.
    ///   - target: The file that it is for.
    ///   - files: The files of the process.
    ///   - memory: The process's memory, writable.
    ///   - afterDeath: Whether a patcher was killed while it switched.
    /// - Throws: ``PatchError/unwinderUnknown(path:)``, ``PatchError/unwinderNotFound``.
    init?(
        of record: ResidentRecord, for target: LoadedFile, among files: [LoadedFile],
        in memory: borrowing ProcessMemory, afterDeath: Bool = false
    ) throws(PatchError) {
        guard let tables = record.manifest.unwindTables, let hookArea = record.hookArea else {
            return nil
        }
        self.record = record
        self.afterDeath = afterDeath
        self.tables = tables
        self.hookArea = hookArea
        let unwinders = try UnwinderSearch.registrations(
            for: tables, of: target, among: files, in: memory)
        self.unwinders = unwinders
        quiet = QuietThread(
            unwinders: files.filter { file in unwinders.contains { file.range.contains($0) } }
                .flatMap { $0.executable.map(\.range) })
    }

    /// Whether unwinders may know of tables in a patch's memory, so that it must not be given back.
    static func isBegun(_ record: ResidentRecord, in memory: borrowing ProcessMemory) -> Bool {
        guard let area = record.hookArea.map(UnwindArea.init) else { return false }
        let words = [area.busy] + (0..<UnwindArea.unwinders).map { area.registered(inSlot: $0) }
        return words.contains { (try? memory.number(of: 8, at: $0)) != 0 }
    }

    /// Tells those unwinders that do not know yet.
    ///
    /// - Returns: Whether all of them know; false only for a patch that can do without.
    /// - Throws: ``PatchError/noThreadForUnwinding(last:)``, ``PatchError/unwindingUnfinished(thread:)``,
    ///   ``PatchError/hookRunning(thread:)``, ``PatchError/exited(_:)``, ``PatchError/system(_:)``.
    func perform(in memory: borrowing ProcessMemory, patience: Duration) throws(PatchError) -> Bool {
        let began = MonotonicInstant.now
        let deadline = began.advanced(by: tables.areRequired ? patience : min(patience, Self.courtesy))
        for (slot, function) in unwinders.enumerated() where try !isKnown(function, slot, memory) {
            var rest = Duration.milliseconds(1)
            while try !tell(function, slot, memory) {
                guard MonotonicInstant.now < deadline else {
                    guard tables.areRequired else { return false }
                    throw .noThreadForUnwinding
                }
                LinuxSystem.pause(for: rest)
                rest = min(rest * 2, .milliseconds(50))
            }
        }
        return true
    }

    private func isKnown(
        _ function: RemoteAddress, _ slot: Int, _ memory: borrowing ProcessMemory
    ) throws(PatchError) -> Bool {
        try about(memory.process) { () throws(SystemError) in
            try memory.number(of: 8, at: UnwindArea(in: hookArea).registered(inSlot: slot))
                == function.rawValue
        }
    }

    /// Asks threads, those first that wait; false if none is fit at the moment.
    private func tell(
        _ function: RemoteAddress, _ slot: Int, _ memory: borrowing ProcessMemory
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
                end = try run(function, slot, in: thread, status.seccomp, memory, alarm)
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

    /// Stops one thread, and if it is fit lets it tell the unwinder.
    private func run(
        _ function: RemoteAddress, _ slot: Int, in thread: ThreadID, _ seccomp: ThreadStatus.Seccomp,
        _ memory: borrowing ProcessMemory, _ alarm: borrowing WaitAlarm
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

        let area = UnwindArea(in: hookArea)
        let arguments = area.arguments(
            function, record.patchBase.advanced(by: tables.offset), inSlot: slot)
        try CodeWriter.write(area.code(forSlot: slot), at: area.code, of: memory, through: thread)
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
    private func requireEmptyArea(_ memory: borrowing ProcessMemory) throws(PatchError) {
        let busy = UnwindArea(in: hookArea).busy
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
            if isBusy { try memory.write(littleEndian(UInt64(0)), at: busy) }
        }
    }
}
