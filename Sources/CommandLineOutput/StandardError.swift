// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Where messages for people go that are no result.
package enum StandardError {
    /// Whether a person looks at it.
    package static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }

    /// Writes a text as it is; one that cannot be written is lost, as there is nobody to tell.
    package static func write(_ text: String) { _ = Stream.write(text, to: STDERR_FILENO) }
}

/// A file that is written to without a buffer.
enum Stream {
    /// Writes a whole text; false if it could not be written.
    static func write(_ text: String, to descriptor: Int32) -> Bool {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            // Safety: the pointer and its count are those of the live slice, for the call only.
            let written = unsafe rest.withUnsafeBytes { bytes in
                unsafe Glibc.write(descriptor, bytes.baseAddress, bytes.count)
            }
            if written > 0 { rest = rest.dropFirst(written) } else if errno != EINTR { return false }
        }
        return true
    }
}
