// SPDX-License-Identifier: Apache-2.0

internal import LinuxSystem

/// Makes tasks for a watch of what the kernel tells.
struct WatchListener: ~Copyable {
    private(set) var source: MappingSource
    /// Children that were told of by the last reading.
    private var children: [(parent: ProcessID, child: ProcessID, at: MonotonicInstant)] = []

    /// How often all processes are looked at where the kernel does not tell of new mappings.
    private static let interval = Duration.seconds(1)

    /// How often a program is looked at again that has begun: it loads its libraries in its first milliseconds.
    ///
    /// The looks are 1, 4, 16, 64 and 256 ms apart.
    private static let looksAfterExecution = 5

    init(_ source: consuming MappingSource) { self.source = source }

    /// Listens until something can be read from a descriptor.
    mutating func listen(
        for watch: borrowing Watch, until ending: borrowing OwnedDescriptor
    ) throws(SystemError) {
        if let processes = source.processes.take() { return try listen(to: processes, for: watch, until: ending) }
        guard var events = source.events.take() else { return try scan(for: watch, until: ending) }
        // The events are open already, so that nothing is missed between this look and the first of them.
        try lookAtAll(for: watch)
        while try !events.wait(orFor: ending, atMost: children.isEmpty ? nil : .milliseconds(1)) {
            // What happened before a fork is known when all processors have been read once more.
            let settled = children
            children = []
            var lost = read(&events, for: watch)
            watch.queue.add(settled.flatMap { watch.queue.tasks(for: $0.child, of: $0.parent, at: $0.at) })
            if try events.areOutdated() {
                events = try events.reopened()
                lost = lost ?? 0
            }
            if let lost {
                watch.noteLoss(of: lost)
                try lookAtAll(for: watch)
            }
        }
    }

    /// Takes up what the kernel has told; returns how many records were lost, nil for none.
    private mutating func read(_ events: inout MappingEvents, for watch: borrowing Watch) -> UInt64? {
        var lost: UInt64?
        var tasks: [WatchTask] = []
        var forks: [(parent: ProcessID, child: ProcessID, at: MonotonicInstant)] = []
        events.read { event in
            switch event {
            case .mapped(let process, let buildID, let path, let time):
                guard process != .current, process.rawValue > 0 else { return }
                tasks += watch.watched.work(forMappingOf: path, buildID: buildID).map {
                    WatchTask(process: process, work: $0, mapped: time)
                }
            case .forked(let parent, let child, let time):
                if child.rawValue > 0 { forks.append((parent, child, time)) }
            case .lost(let count): lost = (lost ?? 0) &+ count
            }
        }
        watch.queue.add(tasks)
        children = forks
        return lost
    }

    /// Listens to who begins and what is executed; what is mapped then, and later, has to be looked for.
    private mutating func listen(
        to events: borrowing ProcessEvents, for watch: borrowing Watch, until ending: borrowing OwnedDescriptor
    ) throws(SystemError) {
        try lookAtAll(for: watch)
        var lookDue = MonotonicInstant.now.advanced(by: Self.interval)
        while try !events.wait(orFor: ending, atMost: children.isEmpty ? Self.interval : .milliseconds(1)) {
            let settled = children
            children = []
            let isLossy = try read(events, for: watch)
            watch.queue.add(settled.flatMap { watch.queue.tasks(for: $0.child, of: $0.parent, at: $0.at) })
            if isLossy { watch.noteLoss(of: 0) }
            guard isLossy || lookDue <= .now else { continue }
            lookDue = MonotonicInstant.now.advanced(by: Self.interval)
            try lookAtAll(for: watch)
        }
    }

    /// Takes up what the kernel has told of processes; returns whether something was lost.
    private mutating func read(
        _ events: borrowing ProcessEvents, for watch: borrowing Watch
    ) throws(SystemError) -> Bool {
        var isLossy = false
        var tasks: [WatchTask] = []
        var forks: [(parent: ProcessID, child: ProcessID, at: MonotonicInstant)] = []
        try events.read { event in
            switch event {
            case .executed(let process, let time):
                guard process != .current, process.rawValue > 0 else { return }
                tasks.append(
                    WatchTask(process: process, work: .look, mapped: time, looksToFollow: Self.looksAfterExecution))
            case .forked(let parent, let child, let time):
                if child.rawValue > 0 { forks.append((parent, child, time)) }
            case .lost: isLossy = true
            case .acknowledged: break
            }
        }
        watch.queue.add(tasks)
        children = forks
        return isLossy
    }

    private func scan(
        for watch: borrowing Watch, until ending: borrowing OwnedDescriptor
    ) throws(SystemError) {
        // A process that still waits to be looked at is not added again.
        repeat { try lookAtAll(for: watch) } while try !isReadable(ending, Self.interval)
    }

    private func lookAtAll(for watch: borrowing Watch) throws(SystemError) {
        watch.queue.add(
            try ProcessDirectory.processes().filter { $0 != .current }.map { WatchTask(process: $0, work: .look) })
    }
}
