// SPDX-License-Identifier: Apache-2.0

internal import LinuxSystem
internal import LivePatch

/// The replacement of the entries of some functions at one instant, forwards or back.
struct CodeSwitch: Sendable {
    /// A run of bytes at a function's entry.
    struct Write: Hashable, Sendable {
        let function: String
        let address: RemoteAddress
        let before: [UInt8]
        let after: [UInt8]
        /// What a patcher that was killed between two levels may have left there.
        var tolerated: [[UInt8]] = []
    }

    /// A change of a patch's state in the same stop.
    struct StateChange: Hashable, Sendable {
        /// Where the record tells of the switch, ``ResidentRecord/switchAddress``.
        let address: RemoteAddress
        /// The state before, and again if nothing is switched.
        let before: ResidentRecord.State
        /// The state afterwards.
        let after: ResidentRecord.State

        /// The change of a patch that is in the process.
        init(of record: ResidentRecord, to after: ResidentRecord.State) {
            address = record.switchAddress
            before = record.state
            self.after = after
        }
    }

    /// What is written.
    let writes: [Write]
    /// The code that nobody may be in meanwhile.
    let active: ActiveCode
    /// What becomes of the patches: those that come, and the levels whose place they take.
    let states: [StateChange]
    /// What tells later that patches for several files belong together; 0 for those of one file.
    var jointSwitch: UInt64 = 0
    /// The hooks that run in between, all in the same stop, of each patch that has some.
    var hooks: [HookPlan] = []
    /// What killed patchers left behind, to be cleared; nobody may be in it, so that it is ``active``, too.
    var leftovers: [Range<RemoteAddress>] = []
    /// The call frame information by which stacks are walked; nil as long as no stack has given cause for it.
    var frames: CallFrames?

    /// Stops the process, checks, writes, and lets it go on.
    ///
    /// - Parameters:
    ///   - memory: The process's memory, writable.
    ///   - limit: How long the threads may stand while one does not stop.
    ///   - waited: How long it has been tried already.
    /// - Returns: How long threads were stopped, in any case, and why nothing was switched, if so.
    /// - Throws: Why it was not even tried to stop it.
    func perform(
        in memory: borrowing ProcessMemory, limit: Duration, waited: Duration
    ) throws(PatchError) -> (pause: Duration, refusal: PatchError?) {
        var stacks = try StackReader(of: memory)
        var group = try ThreadGroup(of: memory.process)
        var refusal: PatchError?
        do throws(PatchError) {
            try group.seize()
            try group.stop(within: limit)
            for plan in hooks { try group.settleEarlierHook(of: plan, waits: waited < plan.limit, in: memory) }
            let found = try check(group, &stacks, memory)
            try write(memory, &group, over: found)
        } catch {
            refusal = error
        }
        return (group.release(), refusal)
    }

    /// Refuses if a thread uses the code, or if the entries are not as they should be.
    ///
    /// - Returns: What is to be at the entries if nothing is switched.
    private func check(
        _ group: borrowing ThreadGroup, _ stacks: inout StackReader, _ memory: borrowing ProcessMemory
    ) throws(PatchError) -> [[UInt8]] {
        for index in group.members.indices {
            let thread = group.members[index].thread
            let registers = group.members[index].registers
            let use = try stacks.use(of: active, by: thread, registers, memory, unwindingBy: frames)
            if let use { throw .functionActive(function: use.function, thread: thread, address: use.address) }
        }
        var before: [[UInt8]] = []
        for write in writes {
            let found = try read(write.before.count, at: write.address, memory)
            // A patcher that was killed may have got that far.
            guard found == write.before || found == write.after || write.tolerated.contains(found) else {
                throw .originalDiffers(
                    function: write.function, address: write.address, expected: write.before, found: found)
            }
            before.append(found == write.after ? write.before : found)
        }
        return before
    }

    private func write(
        _ memory: borrowing ProcessMemory, _ group: inout ThreadGroup, over found: [[UInt8]]
    ) throws(PatchError) {
        let thread = group.members[0].thread
        do throws(PatchError) {
            if jointSwitch != 0 {
                // First on all: who finds one that is being switched must find the others.
                for state in states { try put(littleEndian(jointSwitch), at: state.address, memory, thread) }
            }
            for state in states { try put(.switching, at: state, memory, thread) }
            for plan in hooks { try group.run(plan.before, of: plan, in: memory) }
            for write in writes { try put(write.after, at: write.address, memory, thread) }
            for write in writes {
                let found = try read(write.after.count, at: write.address, memory)
                guard found == write.after else {
                    throw .verificationFailed(address: write.address, expected: write.after, found: found)
                }
            }
            for plan in hooks { try group.run(plan.after, of: plan, in: memory) }
            for state in states { try put(state.after, at: state, memory, thread) }
        } catch {
            if !error.meansProcessGone { try undo(memory, to: found, after: error, through: thread) }
            throw error
        }
        // Of no consequence if it fails.
        for leftover in leftovers {
            try? put([UInt8](repeating: 0, count: Int(leftover.size)), at: leftover.lowerBound, memory, thread)
        }
    }

    private func undo(
        _ memory: borrowing ProcessMemory, to found: [[UInt8]], after cause: PatchError, through thread: ThreadID
    ) throws(PatchError) {
        do throws(PatchError) {
            for (write, found) in zip(writes, found) { try put(found, at: write.address, memory, thread) }
            // A hook that still runs is what the next command must know of.
            if case .hookUnfinished = cause { return }
            for state in states.reversed() { try put(state.before, at: state, memory, thread) }
        } catch {
            guard case .system(let failure) = error else { throw error }
            throw .notUndone(failure)
        }
    }

    /// Notes how far a patch is, and in the same write which switch that is about.
    private func put(
        _ state: ResidentRecord.State, at change: StateChange, _ memory: borrowing ProcessMemory, _ thread: ThreadID
    ) throws(PatchError) {
        try put(littleEndian(jointSwitch) + littleEndian(state.rawValue), at: change.address, memory, thread)
    }

    private func put(
        _ bytes: [UInt8], at address: RemoteAddress, _ memory: borrowing ProcessMemory, _ thread: ThreadID
    ) throws(PatchError) {
        do throws(SystemError) {
            try CodeWriter.write(bytes, at: address, of: memory, through: thread)
        } catch {
            throw .system(error)
        }
    }

    private func read(
        _ count: Int, at address: RemoteAddress, _ memory: borrowing ProcessMemory
    ) throws(PatchError) -> [UInt8] {
        do throws(SystemError) {
            return try memory.read(count, at: address)
        } catch {
            throw .system(error)
        }
    }
}
