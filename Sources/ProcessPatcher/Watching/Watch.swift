// SPDX-License-Identifier: Apache-2.0

package import LinuxSystem
internal import Synchronization

/// Keeps processes patched: those that run, those that begin, and those that load a target later.
package final class Watch: Sendable {
    let watched: WatchedPatches
    let queue: WatchQueue
    let tell: @Sendable (WatchNews) -> Void
    /// One for each group of patches.
    private let patchers: [JointPatcher]
    private let told = Mutex(ToldFailures())
    private let counts = Mutex((patched: 0, failed: 0))
    /// Whether all processes are looked at for a reason that was told.
    private let isSurveying = Mutex(true)

    /// How long a process is tried at a time; it keeps a thread from other processes, and is tried again anyway.
    private static let patience = Duration.milliseconds(2)
    /// How often a process has been tried, for a bit more than a second, before it is told that it fails.
    private static let reportedFailures = 10

    /// Prepares to watch.
    ///
    /// - Parameters:
    ///   - patches: The patches; of several levels of one target the highest counts.
    ///   - exclusions: The processes that are left alone.
    ///   - tell: What is done with news; called from several threads.
    /// - Throws: `SystemError` if the kernel refuses what is needed to wait.
    package init(
        _ patches: [Patch], exclusions: Exclusions, tell: @escaping @Sendable (WatchNews) -> Void
    ) throws(SystemError) {
        watched = WatchedPatches(patches)
        let watched = watched
        patchers = watched.groups.map { group in
            let members = group.map {
                Patcher(watched.patches[$0], patience: Self.patience, exclusions: exclusions)
            }
            return JointPatcher(members[0], Array(members.dropFirst()))
        }
        self.tell = tell
        queue = try WatchQueue()
    }

    /// Watches until a signal tells to end; what is being done then is finished.
    ///
    /// - Parameter source: What tells of new mappings.
    /// - Throws: The call that failed.
    package func run(_ source: consuming sending MappingSource) throws(SystemError) {
        let shared = Shared(source, try TerminationSignals())
        let workers = Workers.suitable
        let failure = Mutex<SystemError?>(nil)
        tell(.started(watched.patches, shared.listener.withLock { $0.source.kind }))
        Workers.perform(Array(0...workers), threads: workers + 1) { [self] role in
            guard role == 0 else {
                work()
                return
            }
            do throws(SystemError) {
                try shared.listener.withLock { listener throws(SystemError) in
                    try listener.listen(for: self, until: shared.signals.descriptor)
                }
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

    /// Tells that records were lost, before all processes are looked at again.
    func noteLoss(of count: UInt64) {
        isSurveying.withLock { $0 = true }
        tell(.lost(count))
    }

    private func work() {
        while let task = queue.take() {
            perform(task)
            guard queue.finish(task) else { continue }
            let isNews = isSurveying.withLock { isSurveying in
                defer { isSurveying = false }
                return isSurveying
            }
            if isNews { tell(.lookedAtAll) }
        }
    }

    private func perform(_ task: WatchTask) {
        switch task.work {
        case .apply(let group): apply(group, for: task)
        case .look:
            let builds = (try? Discovery.builds(in: task.process)) ?? []
            let groups = watched.groups(for: builds)
            for group in groups where !task.found.contains(group) {
                queue.note(task.process, [group])
                apply(group, for: WatchTask(process: task.process, work: .apply(group), mapped: task.mapped))
            }
            if task.looksToFollow > 0 { queue.follow(task, having: groups) }
        }
    }

    private func apply(_ group: Int, for task: WatchTask) {
        let report = patchers[group].apply(to: task.process)
        let latency = task.mapped.map { MonotonicInstant.now.elapsed(since: $0) }
        var willRetry = false
        switch report.result {
        case .skipped: return
        case .already, .done:
            // An unwinder that could not be told is told later.
            if !report.isUnwindable { queue.addAgain(task) }
            guard report.result == .done else { return }
            counts.withLock { $0.patched += 1 }
        case .failed(let error) where error.mayPass:
            queue.addAgain(task)
            guard task.failures == Self.reportedFailures else { return }
            willRetry = true
        case .failed(let error):
            guard told.withLock({ $0.insert(error, of: group, in: task.process) }) else { return }
            counts.withLock { $0.failed += 1 }
        }
        queue.note(task.process, [group])
        tell(
            .report(
                WatchNews.Report(
                    process: report, patches: watched.places(of: report.patches), latency: latency,
                    willRetry: willRetry)))
    }
}

/// Lets threads borrow what cannot be copied.
private final class Shared: Sendable {
    let listener: Mutex<WatchListener>
    let signals: TerminationSignals

    init(_ source: consuming sending MappingSource, _ signals: consuming TerminationSignals) {
        listener = Mutex(WatchListener(source))
        self.signals = signals
    }
}

extension PatchError {
    /// Whether the process may be patched later, by a watch that lasts as long as it does.
    fileprivate var mayPass: Bool {
        switch self {
        case .traced, .executedAnotherProgram: true
        case .noUsableThread(let problem): problem != .seccomp
        default: isPassing
        }
    }
}
