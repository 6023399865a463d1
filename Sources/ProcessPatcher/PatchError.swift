// SPDX-License-Identifier: Apache-2.0

package import ELF
package import LinuxSystem
package import LivePatch

/// Why a process was not patched or reverted; unless a case says otherwise, the process is as it was.
package enum PatchError: Error, Hashable, Sendable {
    // Finding the target.

    /// There is no such process.
    case noSuchProcess(ProcessID)
    /// The process ended while it was looked at.
    case exited(ProcessID)
    /// This user may not look into the process or trace it.
    case notPermitted(ProcessID)
    /// The process does not use the target.
    case targetNotMapped(BuildID)
    /// The target is mapped more than once, as with `dlmopen`, and a patch must reach all of them.
    case mappedSeveralTimes(BuildID, count: Int)
    /// The process executed another program meanwhile.
    case executedAnotherProgram(ProcessID)

    // Comparing.

    /// The bytes in memory are not those that the patch was built for.
    case originalDiffers(function: String, address: RemoteAddress, expected: [UInt8], found: [UInt8])
    /// Another patch replaces the function already.
    case replacedByOther(function: String, patch: ArtefactID)
    /// The process does not hold this patch.
    case notPatched(ArtefactID)
    /// A patcher was killed while it switched these patches together.
    case switchUnfinished([ArtefactID])

    // Going from one level to another.

    /// A higher level is in force, and going back was not asked for.
    case holdsNewerLevel(Int, patch: ArtefactID)
    /// The level that is in force, or the one that is to be, has hooks.
    case levelHasHooks(ArtefactID)
    /// A variable that both levels add has another size.
    case variableResized(name: String, from: UInt64, to: UInt64)
    /// A variable that both levels add is several.
    case variableAmbiguous(name: String)
    /// A variable that both levels add begins with an address of the patch.
    case variableLeads(name: String)
    /// A variable that both levels add is not where the process says that it is.
    case variableGone(name: String, address: RemoteAddress)

    // Linking.

    /// No loaded file defines a symbol that the patch uses.
    case importNotFound(ImportedSymbol)
    /// Several files that were loaded later define the symbol, and it cannot be told which one the target would use.
    case importAmbiguous(ImportedSymbol)
    /// The symbol's definition only tells which function is to be used, and no loaded file has that one bound yet.
    case importIndirect(ImportedSymbol)

    /// The dynamic linker is not done yet with a file.
    case notYetLinked(path: String)

    // Making room.

    /// A field of the patch cannot reach what it refers to from any free place.
    case outOfReach(symbol: String, size: UInt64)
    /// No executable mapping has room for the code that maps memory.
    case noRoomForStub(size: Int)
    /// A system call that the process was to make failed.
    case remoteCallFailed(name: String, ErrorNumber)
    /// No thread could make system calls for the patch; the reason of the last one.
    case noUsableThread(last: ThreadProblem)

    // Stopping.

    /// The process is traced already.
    case traced(ProcessID, by: ThreadID)
    /// A thread did not stop in time.
    case doesNotStop(ThreadID)
    /// Threads begin faster than they can be stopped.
    case threadsKeepStarting(ProcessID)
    /// A thread runs 32-bit code.
    case notLongMode(ThreadID)
    /// A thread is in a function that is to be replaced, or will return to it.
    case functionActive(function: String, thread: ThreadID, address: RemoteAddress)
    /// The stack of a thread cannot be checked.
    case stackUnknown(thread: ThreadID, stackPointer: RemoteAddress)

    // Hooks: functions of the patch that run in the process. What a hook has changed itself stays.

    /// A hook's result was not 0: the patch, or the way back, does not want to.
    case hookRefused(HookName, result: Int32)
    /// A hook raised a signal at an instruction; the thread that ran it is where it was before.
    case hookCrashed(HookName, Signal, at: RemoteAddress)
    /// A hook did not come back in time and was given up; the thread that ran it is where it was before.
    case hookTooSlow(HookName, limit: Duration)
    /// A hook did not come back in time, and its thread waits in the kernel, where it cannot be given up.
    case hookUnfinished(HookName, thread: ThreadID)
    /// A thread still runs a hook that an earlier command began.
    case hookRunning(thread: ThreadID)
    /// A thread makes system calls for a patcher that was killed, or that is at work now.
    case callsUnfinished(thread: ThreadID)
    /// There is no thread in which a hook could run; the reason of the last one.
    case noThreadForHook(last: ThreadProblem)

    // Unwinding: exceptions pass through the patch's code, and the process must be told how.

    /// The process has no unwinder that could be told.
    case unwinderNotFound
    /// The process has an unwinder of which it is not known how to tell it.
    case unwinderUnknown(path: String)
    /// No thread waits where it could tell the unwinder.
    case noThreadForUnwinding
    /// A thread that tells the unwinder waits for a lock, and ends by itself.
    case unwindingUnfinished(thread: ThreadID)

    // Writing.

    /// What was read back is not what was written; everything has been undone.
    case verificationFailed(address: RemoteAddress, expected: [UInt8], found: [UInt8])
    /// What was written could not be undone: the process has some of the functions replaced.
    case notUndone(SystemError)
    /// A call of this program failed.
    case system(SystemError)
}

/// Why a thread cannot be made to call the system.
package enum ThreadProblem: Error, Hashable, Sendable {
    /// It ended.
    case ended
    /// It did not stop in time.
    case doesNotStop
    /// It runs 32-bit code.
    case notLongMode
    /// It is in a restartable sequence, which must not be left and entered again.
    case restartableSequence
    /// Its system calls are filtered, and the kernel does not allow this program to suspend the filter.
    case seccomp
    /// Signals arrive faster than it can finish.
    case signals
    /// The processor has more registers than a hook's memory has room for.
    case largeState

    /// Whether it may be over a little later.
    var isPassing: Bool {
        switch self {
        case .doesNotStop, .restartableSequence, .signals: true
        case .ended, .notLongMode, .seccomp, .largeState: false
        }
    }
}

/// Runs what may fail with a failed call, and puts the failure in the light of the process that it was about.
func about<Result: ~Copyable>(
    _ process: ProcessID, _ body: () throws(SystemError) -> Result
) throws(PatchError) -> Result {
    do throws(SystemError) {
        return try body()
    } catch {
        throw .because(error, of: process)
    }
}

extension PatchError {
    /// A failed call in the light of the process that it was about.
    static func because(_ error: SystemError, of process: ProcessID) -> PatchError {
        if error.meansGone { return .exited(process) }
        if error.meansNotPermitted { return .notPermitted(process) }
        return .system(error)
    }

    /// Whether another try, a little later, may succeed.
    var isPassing: Bool {
        switch self {
        case .functionActive, .doesNotStop, .threadsKeepStarting, .notLongMode, .stackUnknown, .hookRunning,
            .callsUnfinished,
            .noThreadForHook, .notYetLinked, .noThreadForUnwinding, .unwindingUnfinished:
            true
        case .noSuchProcess, .exited, .notPermitted, .targetNotMapped, .mappedSeveralTimes, .executedAnotherProgram,
            .originalDiffers, .replacedByOther, .notPatched, .switchUnfinished, .holdsNewerLevel, .levelHasHooks,
            .variableResized,
            .variableAmbiguous, .variableLeads, .variableGone, .importNotFound, .importAmbiguous, .importIndirect,
            .outOfReach, .noRoomForStub, .remoteCallFailed, .noUsableThread, .traced, .hookRefused, .hookCrashed,
            .hookTooSlow, .hookUnfinished, .unwinderNotFound, .unwinderUnknown, .verificationFailed, .notUndone,
            .system:
            false
        }
    }

    /// Whether there is nothing left that could be undone.
    var meansProcessGone: Bool {
        switch self {
        case .exited, .executedAnotherProgram: true
        default: false
        }
    }

    /// Whether hooks may have run, so that something in the process may point into the patch.
    var mayFollowHooks: Bool {
        switch self {
        case .hookRefused, .hookCrashed, .hookTooSlow, .hookUnfinished, .hookRunning, .verificationFailed, .notUndone,
            .system:
            true
        default: false
        }
    }
}
