// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// A signal's number: an open set, since real-time signals have no names.
package struct Signal: RawRepresentable, Hashable, Sendable {
    /// The number, as in `signal.h`.
    package let rawValue: Int32

    /// The signal with this number.
    package init(rawValue: Int32) { self.rawValue = rawValue }

    /// `SIGTRAP`.
    package static let trap = Signal(rawValue: SIGTRAP)
    /// `SIGSTOP`.
    package static let stop = Signal(rawValue: SIGSTOP)
    /// `SIGKILL`.
    package static let kill = Signal(rawValue: SIGKILL)
}
