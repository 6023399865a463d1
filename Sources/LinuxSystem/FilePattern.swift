// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// A pattern as shells have it: `*`, `?` and `[…]`; see glob(7).
package struct FilePattern: Hashable, Sendable, CustomStringConvertible {
    /// The pattern as it was written.
    package let description: String

    /// A pattern.
    package init(_ text: String) { description = text }

    /// Whether a whole text matches; `*` matches slashes, too.
    package func matches(_ text: String) -> Bool {
        // Safety: both strings live for the call, which only reads them.
        unsafe fnmatch(description, text, 0) == 0
    }
}
