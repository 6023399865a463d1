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
    private let changesEnded: Semaphore?

    /// Nobody has asked yet.
    package init() { changesEnded = try? Semaphore() }

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
    func finishChange() {
        let isLast = state.withLock { state in
            state.changes -= 1
            return state.isAsked && state.changes == 0
        }
        if isLast { changesEnded?.signal() }
    }

    /// Asks for the end, and waits until nothing is being changed; not on a thread of Swift's pool.
    package func waitForChanges() {
        let isChanging = state.withLock { state in
            state.isAsked = true
            return state.changes > 0
        }
        guard isChanging else { return }
        while let changesEnded, !changesEnded.wait(until: nil) {}
    }
}
