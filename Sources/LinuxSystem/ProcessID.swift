// SPDX-License-Identifier: Apache-2.0

internal import CLinux
internal import Glibc

/// The identifier of a process, which is that of its first thread.
package struct ProcessID: RawRepresentable, Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The number.
    package let rawValue: Int32

    /// The process with this number.
    package init(rawValue: Int32) { self.rawValue = rawValue }

    /// This process.
    package static var current: ProcessID { ProcessID(rawValue: getpid()) }

    /// The thread that the process began with, which need not live any more.
    package var leader: ThreadID { ThreadID(rawValue: rawValue) }

    package var description: String { String(rawValue) }

    package static func < (left: ProcessID, right: ProcessID) -> Bool { left.rawValue < right.rawValue }
}

/// The identifier of a thread.
package struct ThreadID: RawRepresentable, Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The number.
    package let rawValue: Int32

    /// The thread with this number.
    package init(rawValue: Int32) { self.rawValue = rawValue }

    /// The calling thread.
    package static var current: ThreadID { ThreadID(rawValue: clinux_thread()) }

    package var description: String { String(rawValue) }

    package static func < (left: ThreadID, right: ThreadID) -> Bool { left.rawValue < right.rawValue }
}
