// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// What tells that a path leads to another file than before, or to other contents.
package struct FileState: Hashable, Sendable {
    /// The file's number in its file system.
    package let node: UInt64
    /// Its size in bytes.
    package let size: Int64
    /// When its contents were changed last: seconds since 1970.
    package let seconds: Int
    /// The nanoseconds after that.
    package let nanoseconds: Int

    /// The state of a path; nil if there is nothing, or nothing that may be looked at.
    package init?(of path: String) {
        var status = stat()
        // Safety: the call reads the string, and writes a local variable.
        guard unsafe fstatat(AT_FDCWD, path, &status, 0) == 0 else { return nil }
        self.init(status)
    }

    fileprivate init(_ status: stat) {
        node = UInt64(status.st_ino)
        size = Int64(status.st_size)
        (seconds, nanoseconds) = (status.st_mtim.tv_sec, status.st_mtim.tv_nsec)
    }
}

/// A regular file that is open for reading, by as many threads as like.
package final class RegularFile: Sendable {
    private let descriptor: OwnedDescriptor
    private let path: String
    /// Its state when it was opened.
    package let state: FileState

    /// Opens a file.
    ///
    /// - Throws: The call that failed; `EINVAL` for what is no regular file.
    package init(_ path: String) throws(SystemError) {
        self.path = path
        descriptor = try OwnedDescriptor(opening: path, for: .read)
        var status = stat()
        // Safety: fstat() writes to a local variable.
        _ = try retryingSystemCall("fstat", on: .path(path)) { [descriptor = descriptor.rawValue] in
            unsafe fstat(descriptor, &status)
        }
        guard status.st_mode & S_IFMT == S_IFREG else { throw SystemError("open", .invalid, on: .path(path)) }
        state = FileState(status)
    }

    /// Reads a piece; fewer bytes only at the end of the file.
    ///
    /// - Throws: The `pread` that failed.
    package func read(from offset: Int64, count: Int) throws(SystemError) -> [UInt8] {
        var failure: SystemError?
        // Safety: the buffer has `count` writable bytes, and pread() initializes those that it counts.
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            do throws(SystemError) {
                while initialized < count {
                    let (start, room) = (initialized, count - initialized)
                    let read = try retryingSystemCall("pread", on: .path(path)) {
                        unsafe pread(
                            descriptor.rawValue, buffer.baseAddress?.advanced(by: start), room,
                            off_t(offset) + off_t(start))
                    }
                    if read == 0 { return }
                    initialized += read
                }
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return bytes
    }
}
