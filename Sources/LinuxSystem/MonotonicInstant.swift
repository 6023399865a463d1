// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// A point in time of `CLOCK_MONOTONIC`, in nanoseconds.
package struct MonotonicInstant: Hashable, Sendable, Comparable {
    /// Nanoseconds since the clock's epoch.
    package let nanoseconds: UInt64

    /// The present.
    package static var now: MonotonicInstant {
        var time = timespec()
        // Safety: the call writes to a local variable only. It cannot fail for this clock.
        _ = unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return MonotonicInstant(nanoseconds: UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec))
    }

    /// The time that has passed since an earlier instant; nothing if it is a later one.
    package func elapsed(since earlier: MonotonicInstant) -> Duration {
        .nanoseconds(nanoseconds > earlier.nanoseconds ? Int64(clamping: nanoseconds - earlier.nanoseconds) : 0)
    }

    /// The instant some time later.
    package func advanced(by duration: Duration) -> MonotonicInstant {
        let (seconds, attoseconds) = duration.components
        let whole = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        guard !whole.overflow else { return MonotonicInstant(nanoseconds: .max) }
        let sum = Int64(clamping: nanoseconds).addingReportingOverflow(whole.partialValue)
        guard !sum.overflow else { return MonotonicInstant(nanoseconds: .max) }
        return MonotonicInstant(nanoseconds: UInt64(max(0, sum.partialValue + attoseconds / 1_000_000_000)))
    }

    package static func < (left: MonotonicInstant, right: MonotonicInstant) -> Bool {
        left.nanoseconds < right.nanoseconds
    }
}

/// Lets the calling thread sleep; a signal may end the sleep early.
package func pause(for duration: Duration) {
    var time = timespec(duration)
    // Safety: the call reads a local variable only.
    _ = unsafe nanosleep(&time, nil)
}

extension timespec {
    /// A length of time.
    init(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        self.init(tv_sec: Int(seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
    }
}
