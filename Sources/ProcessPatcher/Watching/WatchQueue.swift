// SPDX-License-Identifier: Apache-2.0

internal import LinuxSystem
internal import Synchronization

/// What a watch still has to do, shared by the threads that do it.
final class WatchQueue: Sendable {
    /// Something to do.
    struct Task: Hashable, Sendable {
        let process: ProcessID
        /// Which patch; nil for all that concern the process, which is to be found out.
        let patch: Int?
        /// When the target was mapped, if an event told so.
        let mapped: MonotonicInstant?
        /// How often it was tried in vain.
        var failures = 0
    }

    private struct State {
        var ready: [Task] = []
        var next = 0
        var delayed: [(due: MonotonicInstant, task: Task)] = []
        /// Users of a target, whose children may have been forked before they were patched; and until when.
        var users: [ProcessID: (patches: Set<Int>, until: MonotonicInstant)] = [:]
        var isStopped = false
    }

    private let state = Mutex(State())
    private let permits: Semaphore

    /// How long a process counts as one whose children are looked at.
    private static let memory = Duration.seconds(10)

    init() throws(SystemError) { permits = try Semaphore() }

    func add(_ tasks: [Task]) {
        guard !tasks.isEmpty else { return }
        state.withLock { state in
            for task in tasks {
                state.ready.append(task)
                if let patch = task.patch { Self.remember(task.process, [patch], &state) }
            }
        }
        permits.signal(UInt64(tasks.count))
    }

    func add(_ task: Task, after delay: Duration) {
        state.withLock { $0.delayed.append((MonotonicInstant.now.advanced(by: delay), task)) }
    }

    /// Notes that a process uses the targets of some patches.
    func remember(_ process: ProcessID, _ patches: Set<Int>) {
        state.withLock { Self.remember(process, patches, &$0) }
    }

    private static func remember(_ process: ProcessID, _ patches: Set<Int>, _ state: inout State) {
        let until = MonotonicInstant.now.advanced(by: memory)
        state.users[process] = (patches.union(state.users[process]?.patches ?? []), until)
    }

    /// The patches that a child must be looked at for, since its parent may have had none when it was forked.
    func patches(ofParent process: ProcessID) -> Set<Int> {
        state.withLock { $0.users[process]?.patches ?? [] }
    }

    /// Takes up what is due, and forgets what is long past.
    ///
    /// - Returns: Whether something is left that will be due.
    func wake() -> Bool {
        let now = MonotonicInstant.now
        let (due, isMore) = state.withLock { state -> ([Task], Bool) in
            let due = state.delayed.filter { $0.due <= now }.map(\.task)
            state.delayed.removeAll { $0.due <= now }
            if state.users.count > 1024 { state.users = state.users.filter { $0.value.until > now } }
            return (due, !state.delayed.isEmpty)
        }
        add(due)
        return isMore
    }

    /// Waits for something to do; nil when there is to be no more.
    func take() -> Task? {
        permits.wait()
        return state.withLock { state in
            guard !state.isStopped, state.next < state.ready.count else { return nil }
            let task = state.ready[state.next]
            state.next += 1
            if state.next >= 1024 {
                state.ready.removeFirst(state.next)
                state.next = 0
            }
            return task
        }
    }

    /// Lets the threads end that wait, or will.
    func stop(threads: Int) {
        state.withLock { $0.isStopped = true }
        permits.signal(UInt64(threads))
    }
}
