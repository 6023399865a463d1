// SPDX-License-Identifier: Apache-2.0

/// A mapping of a process: one line of `/proc/PID/maps`.
package struct Mapping: Hashable, Sendable {
    /// What a mapping allows, and whether it is shared.
    package struct Permissions: OptionSet, Hashable, Sendable {
        package let rawValue: UInt8
        package init(rawValue: UInt8) { self.rawValue = rawValue }

        /// `r`.
        package static let read = Permissions(rawValue: 1)
        /// `w`.
        package static let write = Permissions(rawValue: 2)
        /// `x`.
        package static let execute = Permissions(rawValue: 4)
        /// `s`: writes are seen by others; absent for `p`, private.
        package static let shared = Permissions(rawValue: 8)
    }

    /// What a mapping shows: a file, or memory of the process alone.
    package struct File: Hashable, Sendable {
        /// The device's major number.
        package var major: UInt32
        /// The device's minor number.
        package var minor: UInt32
        /// The file's number on the device; 0 for anonymous memory.
        package var inode: UInt64
    }

    /// The addresses.
    package var range: Range<RemoteAddress>
    /// What the mapping allows.
    package var permissions: Permissions
    /// Where in the file the mapping begins, in bytes.
    package var offset: UInt64
    /// Which file.
    package var file: File
    /// The path or the kernel's name for the mapping, as the kernel writes it: a newline as `\012`, a trailing
    /// ` (deleted)` for a file without a name; empty for anonymous memory.
    package var name: String

    /// Whether this is the file `file`, mapped and executable.
    package var isExecutableFile: Bool { file.inode != 0 && permissions.contains(.execute) }

    /// Whether this is memory without a file, of this process alone.
    package var isPrivateAnonymous: Bool { file.inode == 0 && !permissions.contains(.shared) }
}
