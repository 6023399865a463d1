// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// Threads that were asked to stop and have not done so in time: they wait for a disk, or get no processor.
///
/// They stop when they can, and then stay stopped for as long as the thread lives that traces them, which alone can let
/// them go. So it has to come back to them.
package enum AbandonedThreads {
    private static let threads = Mutex<[(tracer: ThreadID, thread: ThreadID)]>([])

    /// Notes a thread that the calling thread traces and cannot let go yet.
    package static func add(_ thread: ThreadID) {
        threads.withLock { $0.append((ThreadID.current, thread)) }
    }

    /// Lets those go that have stopped meanwhile.
    ///
    /// - Parameters:
    ///   - limit: How long the others are waited for.
    ///   - prepare: What is done with a stopped thread first.
    /// - Returns: Whether the calling thread has none left.
    @discardableResult
    package static func letGo(within limit: Duration = .zero, _ prepare: (ThreadID) -> Void) -> Bool {
        var left = threads.withLock { $0.filter { $0.tracer == .current }.map(\.thread) }
        guard !left.isEmpty else { return true }
        let deadline = MonotonicInstant.now.advanced(by: limit)
        while true {
            left.removeAll { isGone($0, prepare) }
            let rest = left
            threads.withLock { threads in
                threads.removeAll { $0.tracer == .current && !rest.contains($0.thread) }
            }
            guard !left.isEmpty, MonotonicInstant.now < deadline else { return left.isEmpty }
            pause(for: .milliseconds(1))
        }
    }

    private static func isGone(_ thread: ThreadID, _ prepare: (ThreadID) -> Void) -> Bool {
        do throws(SystemError) {
            // Refused for a thread that somebody has let go since. Waiting would not tell: it may be our child as well.
            try thread.interrupt()
            guard let stop = try thread.poll() else { return false }
            guard stop != .ended else { return true }
            prepare(thread)
            try? thread.detach(delivering: stop.pendingSignal)
            return true
        } catch {
            // It has ended, or is not ours any more.
            return true
        }
    }
}
