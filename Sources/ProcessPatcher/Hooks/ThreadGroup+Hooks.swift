// SPDX-License-Identifier: Apache-2.0

internal import LinuxSystem

extension ThreadGroup {
    /// Runs hooks one after the other in one thread, while all others stay stopped.
    ///
    /// - Throws: ``PatchError/hookRefused(_:result:)``, ``PatchError/hookCrashed(_:_:at:)``,
    ///   ``PatchError/hookTooSlow(_:limit:)``, ``PatchError/hookUnfinished(_:thread:)``,
    ///   ``PatchError/noThreadForHook(last:)``, ``PatchError/exited(_:)``, ``PatchError/system(_:)``.
    mutating func run(
        _ hooks: [HookPlan.Call], of plan: HookPlan, in memory: borrowing ProcessMemory
    ) throws(PatchError) {
        guard !hooks.isEmpty else { return }
        guard ExtendedState.size ?? 0 <= HookArea.stateSize else { throw .noThreadForHook(last: .largeState) }
        let (index, seccomp) = try hookThread(memory)
        for hook in hooks {
            let end: HookRun.End
            do throws(SystemError) {
                let run = HookRun(plan, in: members[index].thread, of: process, seccomp)
                end = try run.run(hook.address, from: &members[index], memory, alarm)
            } catch {
                throw .because(error, of: process)
            }
            switch end {
            case .returned(0): break
            case .returned(let result): throw .hookRefused(hook.name, result: result)
            case .crashed(let signal, let address): throw .hookCrashed(hook.name, signal, at: address)
            case .tooSlow: throw .hookTooSlow(hook.name, limit: plan.limit)
            case .unfinished: throw .hookUnfinished(hook.name, thread: members[index].thread)
            case .ended: throw .exited(process)
            case .executed: throw .executedAnotherProgram(process)
            }
        }
    }

    /// Gives up the hook that a killed patcher has begun, if a thread runs one; the thread goes back to where it was.
    ///
    /// - Parameters:
    ///   - plan: Where the patch's hooks run.
    ///   - waits: Whether the hook is still given time.
    ///   - memory: The process's memory.
    /// - Throws: ``PatchError/hookRunning(thread:)`` if there is such a thread, also when it has just been sent back.
    mutating func settleEarlierHook(
        of plan: HookPlan, waits: Bool, in memory: borrowing ProcessMemory
    ) throws(PatchError) {
        guard let index = members.firstIndex(where: { plan.area.contains($0.registers) }) else { return }
        let thread = members[index].thread
        // In the stub itself it is out in a moment; only there is something saved or restored.
        let isInStub = plan.area.code.contains(members[index].registers.instructionPointer)
        if !isInStub, InterruptedCall.usesRestartBlock(members[index].registers) {
            do throws(SystemError) {
                try HookFrame.leaveWithoutRestart(at: plan.area.frame, of: memory, through: thread)
            } catch {
                throw .because(error, of: process)
            }
        }
        if !waits, !isInStub, members[index].stop?.pendingSignal == nil {
            do throws(SystemError) {
                // One that tells an unwinder of tables may have its lock; it ends by itself.
                let hook = try memory.number(
                    of: 8, at: plan.area.frame.advanced(by: HookFrame.Field.hook.offset))
                let run = HookRun(plan, in: thread, of: process, .disabled)
                // Another version's stub has its way back elsewhere.
                let code = try memory.readAvailable(run.stub.bytes.count, at: plan.area.code.lowerBound)
                if hook != UnwindArea(in: plan.area).code.rawValue, code == run.stub.bytes {
                    try run.sendBack(members[index].registers)
                }
            } catch {
                throw .because(error, of: process)
            }
        }
        throw .hookRunning(thread: thread)
    }

    /// The thread in which a hook runs best: one that waits in a system call which the kernel begins anew, rather than one
    /// which it goes on with by what it keeps; else any that was not stopped for a signal, nor in a restartable sequence.
    private func hookThread(
        _ memory: borrowing ProcessMemory
    ) throws(PatchError) -> (index: Int, seccomp: ThreadStatus.Seccomp) {
        let restarted = members.indices.filter { InterruptedCall.isRestarted(members[$0].registers) }
        let waiting =
            restarted.filter { !InterruptedCall.usesRestartBlock(members[$0].registers) }
            + restarted.filter { InterruptedCall.usesRestartBlock(members[$0].registers) }
        var last = ThreadProblem.signals
        for index in waiting + members.indices.filter({ !waiting.contains($0) }) {
            switch members[index].stop {
            case .interrupted, .group: break
            case .signal, .systemCall, .clone, .execute, .ended, .other, nil: continue
            }
            do throws(SystemError) {
                let member = members[index]
                let instruction = member.registers.instructionPointer
                guard try !RestartableSequence.holds(member.thread, at: instruction, memory) else {
                    last = .restartableSequence
                    continue
                }
                let seccomp = try ThreadStatus(of: member.thread, in: process).seccomp
                // Nothing but read, write and exit: not even signals can be blocked.
                guard seccomp != .strict else {
                    last = .seccomp
                    continue
                }
                return (index, seccomp)
            } catch {
                guard error.meansGone else { throw .because(error, of: process) }
            }
        }
        throw .noThreadForHook(last: last)
    }
}
