// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// A directory that one process at a time works in; free again when its owner goes, however that happens.
package struct DirectoryLock: ~Copyable, Sendable {
    private let directory: OwnedDescriptor

    /// Waits until nobody else holds the directory, and holds it.
    ///
    /// - Throws: The `open` or `flock` that failed.
    package init(holding path: String) throws(SystemError) {
        let opened = try OwnedDescriptor(opening: path, for: .directory)
        _ = try retryingSystemCall("flock", on: .path(path)) { flock(opened.rawValue, LOCK_EX) }
        directory = opened
    }
}
