// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// The one line that shows what a long run is doing: on a terminal only, and gone when it is done.
package final class ProgressLine: Sendable {
    private let isShown = Mutex(false)

    /// A line that shows nothing yet.
    package init() {}

    /// Shows a step in place of the one before.
    package func show(_ step: String) {
        guard StandardError.isTerminal else { return }
        isShown.withLock { isShown in
            StandardError.write("\r\u{1b}[K" + String(step.prefix(76)) + " …")
            isShown = true
        }
    }

    /// Removes the line.
    package func clear() {
        isShown.withLock { isShown in
            if isShown { StandardError.write("\r\u{1b}[K") }
            isShown = false
        }
    }
}
