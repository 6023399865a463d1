// SPDX-License-Identifier: Apache-2.0

/// A thread that the calling thread traces, let go when its owner goes.
package struct Tracee: ~Copyable {
    /// Which thread.
    package let thread: ThreadID
    /// The stop that the thread is in, nil while it runs.
    package private(set) var stop: Stop?

    /// Begins to trace a thread, without stopping it.
    ///
    /// - Throws: `EPERM` if it is traced by another, or may not be traced; `ESRCH` if it is gone.
    package init(seizing thread: ThreadID, _ options: TracingOptions = []) throws(SystemError) {
        self.thread = thread
        try thread.seize(options)
    }

    deinit {
        guard stop != .ended else { return }
        if stop == nil {
            // A failure means that the thread is ending.
            guard (try? thread.interrupt()) != nil else { return }
            guard let alarm = try? WaitAlarm(), (try? alarm.set(after: .milliseconds(100))) != nil,
                let last = try? thread.wait()
            else {
                AbandonedThreads.add(thread)
                return
            }
            if last != .ended { try? thread.detach(delivering: last.pendingSignal) }
        } else {
            try? thread.detach(delivering: stop?.pendingSignal)
        }
    }

    /// Asks the running thread to stop and waits until it has.
    ///
    /// - Returns: The stop, which may be an earlier one of another kind; nil if the thread did not stop in time.
    package mutating func interrupt(within alarm: borrowing WaitAlarm, _ limit: Duration) throws(SystemError) -> Stop? {
        try thread.interrupt()
        return try wait(within: alarm, limit)
    }

    /// Waits until the running thread stops or ends.
    ///
    /// - Returns: nil if it did not in time.
    package mutating func wait(within alarm: borrowing WaitAlarm, _ limit: Duration) throws(SystemError) -> Stop? {
        try alarm.set(after: limit)
        defer { alarm.cancel() }
        stop = try thread.wait()
        return stop
    }

    /// Takes note of a stop that somebody else has waited for; nil if the thread runs.
    package mutating func note(_ stop: Stop?) { self.stop = stop }

    /// Lets the stopped thread run on, with the signal that it stopped for, if it did for one.
    package mutating func resume(untilSystemCall: Bool = false) throws(SystemError) {
        let signal = stop?.pendingSignal
        try thread.resume(delivering: signal, untilSystemCall: untilSystemCall)
        stop = nil
    }
}
