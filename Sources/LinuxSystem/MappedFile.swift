// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// A regular file mapped for reading, unmapped when its owner goes.
@safe package struct MappedFile: ~Copyable {
    // Safety: the mapping is created in `init`, is `count` bytes long, and lives exactly as long as this value.
    private let start: UnsafeMutableRawPointer?
    private let count: Int

    /// Maps a file.
    ///
    /// - Throws: The call that failed; `EINVAL` for what is no regular file.
    package init(path: String) throws(SystemError) {
        let mapping = unsafe try Self.map(path)
        unsafe (start, count) = unsafe mapping
    }

    private static func map(_ path: String) throws(SystemError) -> (UnsafeMutableRawPointer?, Int) {
        let file = try OwnedDescriptor(opening: path, for: .read)
        var status = stat()
        // Safety: fstat() writes to a local variable.
        _ = try retryingSystemCall("fstat", on: .path(path)) { unsafe fstat(file.rawValue, &status) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw SystemError("open", .invalid, on: .path(path)) }
        let count = Int(status.st_size)
        guard count > 0 else { return (nil, 0) }
        // Safety: a new private mapping of the file; MAP_FAILED is checked before it is used.
        let address = unsafe mmap(nil, count, PROT_READ, MAP_PRIVATE, file.rawValue, 0)
        guard unsafe address != MAP_FAILED else { throw SystemError("mmap", .current, on: .path(path)) }
        return unsafe (address, count)
    }

    deinit {
        // Safety: the mapping is ours and nothing borrowed from it outlives this value.
        if let start = unsafe start { _ = unsafe munmap(start, count) }
    }

    /// The file's contents.
    ///
    /// A file that is cut short while it is mapped ends the process (SIGBUS), as with any mapping.
    package var bytes: RawSpan {
        @_lifetime(borrow self)
        get {
            // Safety: the mapping has `count` readable bytes for as long as `self` is borrowed.
            let span = unsafe RawSpan(_unsafeStart: UnsafeRawPointer(start ?? Self.nowhere), byteCount: count)
            return unsafe _overrideLifetime(span, borrowing: self)
        }
    }

    // Safety: an address for an empty span, never read.
    private static var nowhere: UnsafeMutableRawPointer {
        unsafe UnsafeMutableRawPointer(bitPattern: 16).unsafelyUnwrapped
    }
}
