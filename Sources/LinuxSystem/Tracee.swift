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
        // A thread that ended, or that cannot be stopped, needs nothing: the kernel detaches when the tracer ends.
        guard stop != .ended else { return }
        if stop == nil {
            guard (try? thread.interrupt()) != nil, let alarm = try? WaitAlarm() else { return }
            try? alarm.set(after: .milliseconds(100))
            guard let last = try? thread.wait(), last != .ended else { return }
            try? thread.detach(delivering: last.pendingSignal)
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
