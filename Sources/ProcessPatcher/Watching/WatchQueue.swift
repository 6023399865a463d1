// SPDX-License-Identifier: Apache-2.0

internal import LinuxSystem
internal import Synchronization

/// What a watch still has to do, shared by the threads that do it.
///
/// A process is in the hands of one thread at a time, as it can only be traced by one.
final class WatchQueue: Sendable {
    private struct State {
        /// What events have told.
        var urgent = TaskLine()
        /// What a look at all processes has found; it waits for what is urgent.
        var background = TaskLine()
        /// What is to be tried again.
        var delayed: [(due: MonotonicInstant, task: WatchTask)] = []
        /// The processes that are worked on, and what waits for that to end.
        var busy: [ProcessID: [WatchTask]] = [:]
        /// The looks at processes that wait, so that none waits twice.
        var looks: Set<Look> = []
        var users = TargetUsers()
        /// How many looks are to be taken that no event has told of.
        var surveyed = 0
        var isStopped = false

        /// The next task, or until when there is none, and whether there is to be none any more.
        mutating func next() -> (task: WatchTask?, due: MonotonicInstant?, isStopped: Bool) {
            if !delayed.isEmpty, !isStopped {
                let now = MonotonicInstant.now
                for (due, task) in delayed where due <= now { urgent.append(task) }
                delayed.removeAll { $0.due <= now }
            }
            while let task = urgent.popFirst() ?? (isStopped ? nil : background.popFirst()) {
                guard busy[task.process] == nil else {
                    busy[task.process]?.append(task)
                    continue
                }
                busy[task.process] = []
                if task.work == .look { looks.remove(Look(task)) }
                return (task, nil, isStopped)
            }
            return (nil, delayed.map(\.due).min(), isStopped)
        }
    }

    private struct Look: Hashable {
        let process: ProcessID
        let isUrgent: Bool

        init(_ task: WatchTask) { (process, isUrgent) = (task.process, task.mapped != nil) }
    }

    private let state = Mutex(State())
    private let permits: Semaphore

    /// How often a thread looks after those that it has asked to stop and that have not.
    private static let lookAfter = Duration.milliseconds(5)

    init() throws(SystemError) { permits = try Semaphore() }

    /// Adds tasks; one that is told of by an event comes before others.
    func add(_ tasks: [WatchTask]) {
        guard !tasks.isEmpty else { return }
        state.withLock { state in
            for task in tasks {
                switch task.work {
                case .apply(let patch): state.users.note(task.process, [patch])
                case .look:
                    guard state.looks.insert(Look(task)).inserted else { continue }
                    state.users.lookBegins()
                    if task.mapped == nil { state.surveyed += 1 }
                }
                if task.mapped == nil { state.background.append(task) } else { state.urgent.append(task) }
            }
        }
        permits.signal(UInt64(tasks.count))
    }

    /// Adds a task that was tried in vain; it is due a little later.
    func addAgain(_ task: WatchTask) {
        var task = task
        task.failures += 1
        state.withLock { state in
            let due = MonotonicInstant.now.advanced(by: task.rest)
            // Who looks again and again need not try again and again, too.
            guard !state.delayed.contains(where: { $0.task.process == task.process && $0.task.work == task.work })
            else { return }
            if case .apply(let patch) = task.work { state.users.note(task.process, [patch], until: due) }
            state.delayed.append((due, task))
        }
        // Somebody has to wait for it.
        permits.signal()
    }

    /// Adds one more look at a process that has been looked at, a little later than the one before.
    func follow(_ task: WatchTask, having patches: [Int]) {
        var task = task
        task.looksToFollow -= 1
        task.found.formUnion(patches)
        // The distances grow as those of what was tried in vain, and twice as fast.
        let rest = task.rest
        task.failures += 2
        state.withLock { state in
            state.users.lookBegins()
            state.delayed.append((MonotonicInstant.now.advanced(by: rest), task))
        }
        permits.signal()
    }

    /// Notes that a process uses the targets of some patches, so that children may have been forked before it was patched.
    func note(_ process: ProcessID, _ patches: Set<Int>) {
        state.withLock { $0.users.note(process, patches) }
    }

    /// What is to be done for a child that was forked at an instant.
    func tasks(for child: ProcessID, of parent: ProcessID, at time: MonotonicInstant) -> [WatchTask] {
        state.withLock { state in
            if state.users.mayBeUnknown(at: time) { return [WatchTask(process: child, work: .look, mapped: time)] }
            return state.users.patches(of: parent).map {
                WatchTask(process: child, work: .apply($0), mapped: time)
            }
        }
    }

    /// Waits for something to do; nil when there is to be no more.
    ///
    /// The process is the caller's until it says that the task is finished.
    func take() -> WatchTask? {
        while true {
            let (task, due, isStopped) = state.withLock { $0.next() }
            if let task { return task }
            if isStopped { return nil }
            let isFree = ThreadGroup.letAbandonedGo()
            let soon = isFree ? nil : MonotonicInstant.now.advanced(by: Self.lookAfter)
            _ = permits.wait(until: [due, soon].compactMap { $0 }.min())
        }
    }

    /// Gives back the process of a task.
    ///
    /// - Returns: Whether that was the last of the looks that wait for what is urgent.
    func finish(_ task: WatchTask) -> Bool {
        let (waiting, isLast) = state.withLock { state in
            let waiting = state.busy.removeValue(forKey: task.process) ?? []
            for task in waiting { state.urgent.append(task) }
            guard task.work == .look else { return (waiting.count, false) }
            state.users.lookEnds()
            guard task.mapped == nil else { return (waiting.count, false) }
            state.surveyed -= 1
            return (waiting.count, state.surveyed == 0)
        }
        if waiting > 0 { permits.signal(UInt64(waiting)) }
        return isLast
    }

    /// Lets the threads end that wait for something to do, or will, once nothing is urgent.
    func stop(threads: Int) {
        state.withLock { $0.isStopped = true }
        permits.signal(UInt64(threads))
    }
}

/// Tasks in the order in which they came.
private struct TaskLine {
    private var tasks: [WatchTask] = []
    private var first = 0

    mutating func append(_ task: WatchTask) { tasks.append(task) }

    mutating func popFirst() -> WatchTask? {
        guard first < tasks.count else { return nil }
        let task = tasks[first]
        first += 1
        if first >= 1024 || first == tasks.count {
            tasks.removeFirst(first)
            first = 0
        }
        return task
    }
}
