// SPDX-License-Identifier: Apache-2.0

internal import ELF
package import LinuxSystem
internal import LivePatch
internal import Synchronization

/// Keeps processes patched: those that run, those that begin, and those that load a target later.
package final class Watch: Sendable {
    private let watched: WatchedPatches
    private let patience: Duration
    private let exclusions: Exclusions
    private let tell: @Sendable (WatchNews) -> Void
    private let queue: WatchQueue
    private let counts = Mutex((patched: 0, failed: 0))

    /// How often all processes are looked at where the kernel does not tell of new mappings.
    private static let interval = Duration.seconds(1)
    /// How long a child's event waits, so that its parent's is known when the two come from different processors.
    private static let settling = Duration.milliseconds(3)
    /// How often a process is tried again that could not be patched for a passing reason, with growing pauses.
    private static let attempts = 20

    /// Prepares to watch.
    ///
    /// - Parameters:
    ///   - patches: The patches; of several levels of one target the highest counts.
    ///   - patience: How long a process is tried at a time.
    ///   - exclusions: The processes that are left alone.
    ///   - tell: What is done with news; called from several threads.
    /// - Throws: `SystemError` if the kernel refuses what is needed to wait.
    package init(
        _ patches: [Patch], patience: Duration = .milliseconds(500), exclusions: Exclusions,
        tell: @escaping @Sendable (WatchNews) -> Void
    ) throws(SystemError) {
        watched = WatchedPatches(patches)
        self.patience = patience
        self.exclusions = exclusions
        self.tell = tell
        queue = try WatchQueue()
    }

    /// Watches until a signal tells to end.
    package func run() throws(SystemError) {
        let signals = try TerminationSignals()
        let workers = Workers.suitable
        let failure = Mutex<SystemError?>(nil)
        let shared = SharedSignals(signals)
        // The first is the listener, and the calling thread is one of them.
        Workers.perform(Array(0...workers), threads: workers + 1) { [self] role in
            guard role == 0 else {
                while let task = queue.take() { perform(task) }
                return
            }
            do throws(SystemError) {
                try listen(shared.signals.descriptor)
            } catch {
                let error = error
                failure.withLock { $0 = error }
            }
            queue.stop(threads: workers)
        }
        if let failure = failure.withLock({ $0 }) { throw failure }
        let (patched, failed) = counts.withLock { $0 }
        tell(.stopped(patched: patched, failed: failed))
    }

    // MARK: - Listening

    private func listen(_ ending: borrowing OwnedDescriptor) throws(SystemError) {
        var events: MappingEvents
        do throws(SystemError) {
            events = try MappingEvents()
        } catch {
            tell(.started(patches: watched.patches.count, .scan(every: Self.interval, because: error)))
            tell(.scanning(.first))
            repeat {
                try scan()
                _ = queue.wake()
            } while try !isReadable(ending, Self.interval)
            return
        }
        // Nothing is missed between the first look and the first event: the events come first.
        tell(.started(patches: watched.patches.count, .events(hasBuildIDs: events.hasBuildIDs)))
        tell(.scanning(.first))
        try scan()
        // A child that was forked meanwhile by a process that was not patched yet.
        var nextScan: MonotonicInstant? = MonotonicInstant.now.advanced(by: .seconds(1))
        var children: [(parent: ProcessID, child: ProcessID, at: MonotonicInstant)] = []
        while true {
            let isMore = queue.wake()
            let limit: Duration =
                !children.isEmpty ? .milliseconds(2) : isMore || nextScan != nil ? .milliseconds(50) : .seconds(1)
            if try events.wait(orFor: ending, atMost: limit) { return }
            var lost: UInt64?
            var tasks: [WatchQueue.Task] = []
            events.read { event in
                switch event {
                case .mapped(let process, let buildID, let path, let time):
                    tasks += watched.patches(forMappingOf: path, buildID: buildID).map {
                        WatchQueue.Task(process: process, patch: $0, mapped: time)
                    }
                case .forked(let parent, let child, let time): children.append((parent, child, time))
                case .lost(let count): lost = (lost ?? 0) &+ count
                }
            }
            queue.add(tasks)
            let horizon = MonotonicInstant.now
            let settled = children.filter { $0.at.advanced(by: Self.settling) <= horizon }
            children.removeAll { $0.at.advanced(by: Self.settling) <= horizon }
            for (parent, child, time) in settled {
                queue.add(
                    queue.patches(ofParent: parent).map {
                        WatchQueue.Task(process: child, patch: $0, mapped: time)
                    })
            }
            if let lost {
                tell(.scanning(.lost(lost)))
                try scan()
                nextScan = horizon.advanced(by: .seconds(1))
            } else if let due = nextScan, due <= horizon {
                try scan()
                nextScan = nil
            }
        }
    }

    private func scan() throws(SystemError) {
        queue.add(
            try ProcessDirectory.processes().filter { $0 != .current }.map {
                WatchQueue.Task(process: $0, patch: nil, mapped: nil)
            })
    }

    // MARK: - Doing

    private func perform(_ task: WatchQueue.Task) {
        guard let patch = task.patch else {
            let builds = (try? Discovery.builds(in: task.process)) ?? []
            for patch in watched.patches(for: builds) {
                queue.remember(task.process, [patch])
                perform(WatchQueue.Task(process: task.process, patch: patch, mapped: nil))
            }
            return
        }
        let patcher = Patcher(watched.patches[patch], patience: patience, exclusions: exclusions)
        let report = patcher.apply(to: task.process)
        let latency = task.mapped.map { MonotonicInstant.now.elapsed(since: $0) }
        var willRetry = false
        switch report.result {
        case .done: counts.withLock { $0.patched += 1 }
        case .already, .skipped: return
        case .failed(let error):
            willRetry = error.isPassing && task.failures < Self.attempts
            if willRetry {
                var again = task
                again.failures += 1
                queue.add(again, after: .milliseconds(500 * Int64(again.failures)))
            } else {
                counts.withLock { $0.failed += 1 }
            }
            // What is tried again was told when it failed first.
            if willRetry, task.failures > 0 { return }
        }
        queue.remember(task.process, [patch])
        let manifest = watched.patches[patch].artefact.manifest
        tell(
            .report(
                report, level: manifest.level, target: manifest.target.name, latency: latency, willRetry: willRetry))
    }
}

/// Lets a thread of its own borrow what cannot be copied.
private final class SharedSignals: Sendable {
    let signals: TerminationSignals
    init(_ signals: consuming TerminationSignals) { self.signals = signals }
}
