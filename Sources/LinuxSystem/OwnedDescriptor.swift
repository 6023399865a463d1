// SPDX-License-Identifier: Apache-2.0

internal import CLinux
internal import Glibc

/// An open file that is closed when its owner goes.
package struct OwnedDescriptor: ~Copyable, Sendable {
    let rawValue: Int32

    /// What a file is opened for.
    package enum Access: Sendable {
        /// Reading.
        case read
        /// Reading and writing.
        case readWrite
        /// A directory, to read it or to open what is in it.
        case directory

        fileprivate var flags: Int32 {
            switch self {
            case .read: O_RDONLY
            case .readWrite: O_RDWR
            case .directory: O_RDONLY | O_DIRECTORY
            }
        }
    }

    /// Takes over a descriptor that nobody else closes.
    init(_ descriptor: Int32) { rawValue = descriptor }

    /// Opens a file by its path.
    ///
    /// - Throws: The `open` that failed.
    package init(opening path: String, for access: Access) throws(SystemError) {
        try self.init(opening: path, in: AT_FDCWD, for: access, named: path)
    }

    /// Opens a file by a path below an open directory.
    ///
    /// - Throws: The `open` that failed.
    package init(
        opening path: String, below directory: borrowing OwnedDescriptor, for access: Access
    ) throws(SystemError) {
        try self.init(opening: path, in: directory.rawValue, for: access, named: path)
    }

    private init(opening path: String, in directory: Int32, for access: Access, named: String) throws(SystemError) {
        while true {
            // Safety: the string lives for the call, which only reads it.
            let result = unsafe clinux_open_at(directory, path, access.flags)
            if result == -EINTR { continue }
            rawValue = try checked("open", on: .path(named), result)
            return
        }
    }

    deinit {
        // The result is of no use: Linux has closed the descriptor in any case.
        _ = close(rawValue)
    }
}

extension OwnedDescriptor {
    /// Reads up to the end of the file.
    ///
    /// For files of `/proc`, whose size is only known by reading.
    ///
    /// - Parameters:
    ///   - limit: What the file may have at most; a longer one fails with `EFBIG`.
    ///   - subject: What the file is about, for the error.
    /// - Returns: The contents from the present position on.
    /// - Throws: The `read` that failed.
    package func readToEnd(limit: Int, on subject: SystemError.Subject?) throws(SystemError) -> [UInt8] {
        var bytes: [UInt8] = []
        var capacity = 16 << 10
        while true {
            let room = capacity
            var failure: SystemError?
            // Safety: the buffer has `room` writable bytes; read() initializes those that it counts.
            let chunk = unsafe [UInt8](unsafeUninitializedCapacity: room) { buffer, initialized in
                do throws(SystemError) {
                    initialized = try retryingSystemCall("read", on: subject) {
                        unsafe read(rawValue, buffer.baseAddress, room)
                    }
                } catch {
                    failure = error
                }
            }
            if let failure { throw failure }
            if chunk.isEmpty { return bytes }
            bytes += chunk
            guard bytes.count <= limit else { throw SystemError("read", .fileTooLarge, on: subject) }
            capacity = min(capacity * 2, 1 << 20)
        }
    }
}

/// Reads a whole file of at most `limit` bytes.
package func contents(ofFile path: String, limit: Int) throws(SystemError) -> [UInt8] {
    try OwnedDescriptor(opening: path, for: .read).readToEnd(limit: limit, on: .path(path))
}
