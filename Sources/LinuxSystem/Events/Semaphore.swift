// SPDX-License-Identifier: Apache-2.0

internal import CLinux
internal import Glibc

/// A number of permits that threads wait for.
package struct Semaphore: ~Copyable, Sendable {
    private let descriptor: OwnedDescriptor

    /// A semaphore without permits.
    package init() throws(SystemError) {
        descriptor = OwnedDescriptor(try checked("eventfd", clinux_open_semaphore()))
    }

    /// Adds permits.
    package func signal(_ count: UInt64 = 1) {
        var count = count
        // Safety: the call reads eight bytes of a local variable. It fails only for a number that nobody can reach.
        _ = unsafe write(descriptor.rawValue, &count, 8)
    }

    /// Waits until there is a permit, and takes it, or until an instant; nil stands for ever.
    ///
    /// - Returns: Whether there was a permit.
    package func wait(until end: MonotonicInstant?) -> Bool {
        while true {
            var taken: UInt64 = 0
            // Safety: the call writes eight bytes of a local variable. It does not block.
            if unsafe read(descriptor.rawValue, &taken, 8) == 8 { return true }
            let now = MonotonicInstant.now
            if let end, end <= now { return false }
            var limit = timespec((end ?? now.advanced(by: .seconds(3600))).elapsed(since: now))
            // Safety: the call reads a local variable only.
            _ = unsafe clinux_wait_readable(descriptor.rawValue, &limit)
        }
    }
}

/// The signals that end a program, as something to wait for.
package struct TerminationSignals: ~Copyable, Sendable {
    /// Readable when a signal has come.
    package let descriptor: OwnedDescriptor

    /// Takes the signals over, for this thread and those that it starts.
    package init() throws(SystemError) {
        descriptor = OwnedDescriptor(try checked("signalfd", clinux_open_termination()))
    }

    /// Waits for the next signal, for some time; nil if none has come.
    package func next(within limit: Duration) -> Signal? {
        let end = MonotonicInstant.now.advanced(by: limit)
        while true {
            let now = MonotonicInstant.now
            var rest = timespec(end.elapsed(since: now))
            // Safety: the call reads a local variable only.
            let isThere = unsafe clinux_wait_readable(descriptor.rawValue, &rest)
            if isThere > 0 {
                let result = clinux_next_signal(descriptor.rawValue)
                guard result == -EINTR else { return result > 0 ? Signal(rawValue: result) : nil }
            }
            guard now < end else { return nil }
        }
    }
}
