// SPDX-License-Identifier: Apache-2.0

internal import LinuxSystem
internal import Synchronization

/// Lets a program be ended at any time but while something is changed: what was begun is finished, and noted.
package final class Ending: Sendable {
    private struct State {
        var changes = 0
        var isAsked = false
    }

    private let state = Mutex(State())

    /// Nobody has asked yet.
    package init() {}

    /// Begins a change.
    ///
    /// - Returns: Whether it may begin; not after the end was asked for.
    func beginChange() -> Bool {
        state.withLock { state in
            guard !state.isAsked else { return false }
            state.changes += 1
            return true
        }
    }

    /// Finishes a change.
    func finishChange() { state.withLock { $0.changes -= 1 } }

    /// Asks for the end, and waits until nothing is being changed; not on a thread of Swift's pool.
    package func waitForChanges() {
        state.withLock { $0.isAsked = true }
        // Something is changed for seconds at most times: looking again needs nothing that could fail.
        while state.withLock({ $0.changes > 0 }) { pause(for: .milliseconds(20)) }
    }
}
