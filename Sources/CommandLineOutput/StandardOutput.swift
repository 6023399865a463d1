// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Where results go.
package enum StandardOutput {
    /// Writes a line at once, whatever reads it.
    ///
    /// - Returns: Whether it was written; false when nobody reads any more, or there is no room.
    package static func write(line: String) -> Bool { Stream.write(line + "\n", to: STDOUT_FILENO) }

    /// Whether a person reads along, and has not asked for no colours (https://no-color.org).
    package static var showsColours: Bool {
        // Safety: the value is only looked at for being there, before anything could change the environment.
        let asksForNone = unsafe getenv("NO_COLOR").map { unsafe $0.pointee != 0 } ?? false
        return isatty(STDOUT_FILENO) == 1 && !asksForNone
    }
}
