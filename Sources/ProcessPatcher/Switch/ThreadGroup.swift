// SPDX-License-Identifier: Apache-2.0

internal import LinuxSystem

/// All threads of a process, seized, and while it matters stopped; let go when its owner goes.
struct ThreadGroup: ~Copyable {
    /// A thread of the process.
    struct Member {
        let thread: ThreadID
        /// The stop that the thread is in, nil while it runs.
        var stop: Stop?
        /// Its registers, while it is stopped.
        var registers = Registers()
        /// Whether it has been asked to stop, or was born stopping.
        var isAsked = false
    }

    /// The process.
    let process: ProcessID
    /// The threads that live.
    var members: [Member] = []
    /// When the first thread was asked to stop.
    private(set) var stopBegan: MonotonicInstant?
    /// The threads that have ended but are still counted: a first thread that left before the others.
    private var ended: Set<ThreadID> = []
    private let counter: ThreadCounter
    let alarm: WaitAlarm

    /// What is told of every thread.
    static let options: TracingOptions = [.followClone, .reportExecute]
    /// How long threads that would not stop in time are waited for once more, while all others run.
    private static let farewellLimit = Duration.milliseconds(50)
    /// How often the thread list is read until it brings nothing new.
    private static let rounds = 64

    /// Prepares to trace a process; no thread is seized yet.
    ///
    /// - Throws: ``PatchError/exited(_:)``.
    init(of process: ProcessID) throws(PatchError) {
        let counter = try about(process) { () throws(SystemError) in try ThreadCounter(of: process) }
        let alarm = try about(process) { () throws(SystemError) in try WaitAlarm() }
        self.process = process
        self.counter = counter
        self.alarm = alarm
        members.reserveCapacity(64)
    }

    /// Seizes all threads, without stopping any.
    ///
    /// - Throws: ``PatchError/traced(_:by:)``, ``PatchError/notPermitted(_:)``, ``PatchError/exited(_:)``,
    ///   ``PatchError/threadsKeepStarting(_:)``.
    mutating func seize() throws(PatchError) {
        for _ in 0..<Self.rounds {
            guard try seizeNewThreads() > 0 else {
                guard !members.isEmpty else { throw .exited(process) }
                return
            }
        }
        throw .threadsKeepStarting(process)
    }

    deinit {
        // Whatever went wrong: nobody stays stopped.
        guard !members.isEmpty else { return }
        for member in members where member.stop == nil { try? member.thread.interrupt() }
        try? alarm.set(after: Self.farewellLimit)
        for member in members {
            if let stop = member.stop {
                try? member.thread.detach(delivering: stop.pendingSignal)
            } else {
                letGo(member.thread)
            }
        }
    }

    private borrowing func letGo(_ thread: ThreadID) {
        do throws(SystemError) {
            guard let stop = try thread.wait() else { return AbandonedThreads.add(thread) }
            guard stop != .ended else { return }
            _ = try? Self.settledRegisters(of: thread)
            try? thread.detach(delivering: stop.pendingSignal)
        } catch {
            // Reaped by an execve of another thread.
        }
    }

    /// Lets threads go that would not stop in time earlier; true if the calling thread traces none any more.
    @discardableResult
    static func letAbandonedGo(within limit: Duration = .zero) -> Bool {
        AbandonedThreads.letGo(within: limit) { _ = try? settledRegisters(of: $0) }
    }

    /// Stops all threads and reads their registers.
    ///
    /// - Parameter limit: How long the others may stand while one does not stop.
    /// - Throws: ``PatchError/doesNotStop(_:)``, ``PatchError/threadsKeepStarting(_:)``,
    ///   ``PatchError/executedAnotherProgram(_:)``, ``PatchError/notLongMode(_:)``, ``PatchError/exited(_:)``.
    mutating func stop(within limit: Duration) throws(PatchError) {
        stopBegan = .now
        do throws(SystemError) {
            try alarm.set(after: limit)
        } catch {
            throw .system(error)
        }
        defer { alarm.cancel() }
        for _ in 0..<Self.rounds {
            for index in members.indices where members[index].stop == nil { ask(index) }
            // The list grows while it is walked: a thread may tell of one that it has made.
            var index = 0
            while index < members.count {
                if members[index].stop == nil { try wait(index) }
                index += 1
            }
            members.removeAll { $0.stop == .ended }
            guard !members.isEmpty else { throw .exited(process) }
            if try isComplete() { return }
            _ = try seizeNewThreads()
        }
        throw .threadsKeepStarting(process)
    }

    /// Lets all threads go, each with the signal that it stopped for.
    ///
    /// - Returns: How long threads were stopped.
    mutating func release() -> Duration {
        for index in members.indices {
            guard let stop = members[index].stop else { continue }
            // Fails for a thread that was killed meanwhile, and need not succeed there.
            try? members[index].thread.detach(delivering: stop.pendingSignal)
        }
        // What still runs is for `deinit`.
        members.removeAll { $0.stop != nil }
        return stopBegan.map { MonotonicInstant.now.elapsed(since: $0) } ?? .zero
    }

    // MARK: - One thread

    /// The registers of a thread that has just stopped.
    ///
    /// An EINTR that is due to us is undone at once: the thread may be let go by our death at any later moment.
    private static func settledRegisters(of thread: ThreadID) throws(SystemError) -> Registers {
        let registers = try thread.registers()
        guard let settled = InterruptedCall.withoutSpuriousInterrupt(registers) else { return registers }
        try thread.setRegisters(settled)
        return settled
    }

    private mutating func ask(_ index: Int) {
        guard !members[index].isAsked else { return }
        // Failure means that the thread is ending, which waiting for it will tell.
        try? members[index].thread.interrupt()
        members[index].isAsked = true
    }

    private mutating func wait(_ index: Int) throws(PatchError) {
        let thread = members[index].thread
        let stop: Stop?
        do throws(SystemError) {
            stop = try thread.wait()
        } catch {
            // Reaped by an execve of another thread, which takes its number over.
            guard error.meansGone else { throw .system(error) }
            members[index].stop = .ended
            return
        }
        guard let stop else { throw .doesNotStop(thread) }
        members[index].stop = stop
        switch stop {
        case .ended:
            if thread == process.leader { ended.insert(thread) }
            return
        case .execute:
            throw .executedAnotherProgram(process)
        case .clone:
            if let new = try? thread.newThread() { adopt(new) }
        case .signal, .systemCall, .interrupted, .group, .other:
            break
        }
        do throws(SystemError) {
            members[index].registers = try Self.settledRegisters(of: thread)
        } catch {
            if error.meansGone {
                // Killed while it was stopped; waiting once more tells the end.
                members[index].stop = nil
                try wait(index)
                return
            }
            throw error.number == .invalid ? .notLongMode(thread) : .system(error)
        }
        guard members[index].registers.isLongMode else { throw .notLongMode(thread) }
    }

    /// Takes in a thread that the kernel traces for us since its birth; it stops by itself.
    private mutating func adopt(_ thread: ThreadID) {
        guard !members.contains(where: { $0.thread == thread }) else { return }
        members.append(Member(thread: thread, isAsked: true))
    }

    // MARK: - The list

    /// Whether every thread of the process is a member; asks for their number only.
    private func isComplete() throws(PatchError) -> Bool {
        do throws(SystemError) {
            return try counter.count() == members.count + ended.count
        } catch {
            throw .because(error, of: process)
        }
    }

    private mutating func seizeNewThreads() throws(PatchError) -> Int {
        let threads: [ThreadID]
        do throws(SystemError) {
            threads = try ProcessDirectory.threads(of: process)
        } catch {
            throw .because(error, of: process)
        }
        let known = Set(members.map(\.thread)).union(ended)
        var found = 0
        for thread in threads where !known.contains(thread) {
            found += 1
            do throws(SystemError) {
                try thread.seize(Self.options)
                members.append(Member(thread: thread))
            } catch {
                guard error.meansNotPermitted else {
                    if error.meansGone { continue }
                    throw .system(error)
                }
                try explainRefusal(of: thread)
            }
        }
        return found
    }

    /// A thread that may not be seized is dead, or ours already by birth, or another's, or forbidden.
    private mutating func explainRefusal(of thread: ThreadID) throws(PatchError) {
        guard let status = try? ThreadStatus(of: thread, in: process) else { return }
        if status.hasEnded {
            ended.insert(thread)
        } else if status.tracer == ThreadID.current {
            adopt(thread)
        } else if let tracer = status.tracer {
            throw .traced(process, by: tracer)
        } else {
            throw .notPermitted(process)
        }
    }
}
