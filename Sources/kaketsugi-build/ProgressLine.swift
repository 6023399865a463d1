// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization

/// The one line that shows what a long run is doing: on a terminal only, and gone when it is done.
final class ProgressLine: Sendable {
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let shown = Mutex(false)

    /// Shows a step in place of the one before.
    func show(_ step: String) {
        guard isTerminal else { return }
        shown.withLock { shown in
            write("\r\u{1b}[K" + String(step.prefix(76)) + " …")
            shown = true
        }
    }

    /// Removes the line.
    func clear() {
        shown.withLock { shown in
            if shown { write("\r\u{1b}[K") }
            shown = false
        }
    }

    private func write(_ text: String) {
        fputs(text, stderr)
        fflush(stderr)
    }
}
