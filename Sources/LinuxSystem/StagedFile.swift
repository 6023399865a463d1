// SPDX-License-Identifier: Apache-2.0

internal import CLinux
internal import Glibc

/// A file that is written beside the one that it replaces, and takes its place in one step.
///
/// Whoever opens the name sees the old file or the whole new one, also after the machine lost its power. What never came
/// into place is removed when its owner goes.
package struct StagedFile: ~Copyable {
    /// Who may read a file; only its owner may write to it.
    package enum Readers: Sendable {
        /// All users.
        case everyone
        /// The owner, for secrets.
        case owner

        fileprivate var permissions: UInt32 {
            switch self {
            case .everyone: 0o644
            case .owner: 0o600
            }
        }
    }

    private let path: String
    private let temporary: String
    private let descriptor: Int32
    private var isInPlace = false

    /// Makes an empty file beside a path, for the eyes of its owner only.
    ///
    /// - Throws: The `mkostemp` that failed.
    package init(replacing path: String) throws(SystemError) {
        let (folder, name) = Self.split(path)
        var template = Array("\(folder)/.\(name).XXXXXX".utf8CString)
        // Safety: the template is an array of ours that ends with a zero byte, and the call writes within it.
        let result = unsafe template.withUnsafeMutableBufferPointer { buffer in
            unsafe buffer.baseAddress.map { unsafe clinux_make_temporary($0) } ?? -EINVAL
        }
        descriptor = try checked("mkostemp", on: .path(path), result)
        // Safety: it still ends with a zero byte.
        temporary = unsafe template.withUnsafeBufferPointer { buffer in
            unsafe buffer.baseAddress.map { unsafe String(cString: $0) } ?? ""
        }
        self.path = path
    }

    deinit {
        // The results are of no use: there is nobody to tell, and nothing to try again.
        _ = close(descriptor)
        // Safety: the string lives for the call, which only reads it.
        if !isInPlace { _ = unsafe unlink(temporary) }
    }

    /// Writes the next bytes.
    ///
    /// - Throws: The `write` that failed.
    package mutating func write(_ bytes: [UInt8]) throws(SystemError) {
        var written = 0
        while written < bytes.count {
            // Safety: the buffer holds `bytes.count` bytes, of which `written` are done; write() only reads.
            written += try retryingSystemCall("write", on: .path(temporary)) {
                unsafe bytes.withUnsafeBytes { buffer in
                    unsafe Glibc.write(descriptor, buffer.baseAddress?.advanced(by: written), bytes.count - written)
                }
            }
        }
    }

    /// Makes the file durable, and then the one that its path names.
    ///
    /// - Parameter readers: who may read it.
    /// - Throws: The call that failed; the old file is still in place then, unless it was the last one, which makes the
    ///   new name durable.
    package mutating func putInPlace(for readers: Readers = .everyone) throws(SystemError) {
        _ = try retryingSystemCall("fchmod", on: .path(temporary)) { fchmod(descriptor, readers.permissions) }
        _ = try retryingSystemCall("fsync", on: .path(temporary)) { fsync(descriptor) }
        // Safety: the strings live for the call, which only reads them.
        _ = try retryingSystemCall("rename", on: .path(path)) { unsafe rename(temporary, path) }
        isInPlace = true
        try synchronizeDirectory(Self.split(path).folder)
    }

    private static func split(_ path: String) -> (folder: String, name: String) {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return (".", path) }
        let name = String(path[path.utf8.index(after: slash)...])
        return (slash == path.startIndex ? "/" : String(path[..<slash]), name)
    }
}

/// Replaces a file in one step.
///
/// - Throws: The call that failed.
package func replaceFile(
    _ path: String, with bytes: [UInt8], for readers: StagedFile.Readers = .everyone
) throws(SystemError) {
    var file = try StagedFile(replacing: path)
    try file.write(bytes)
    try file.putInPlace(for: readers)
}

/// Removes a file, for good before it returns; one that is not there is removed already.
///
/// - Throws: The call that failed.
package func removeFile(_ path: String) throws(SystemError) {
    do throws(SystemError) {
        // Safety: the string lives for the call, which only reads it.
        _ = try retryingSystemCall("unlink", on: .path(path)) { unsafe unlink(path) }
    } catch {
        guard error.number == .noSuchFile else { throw error }
        return
    }
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return try synchronizeDirectory(".") }
    try synchronizeDirectory(slash == path.startIndex ? "/" : String(path[..<slash]))
}

/// Makes a directory, for its owner to write in, unless there is one.
///
/// - Throws: The `mkdir` that failed.
package func makeDirectory(_ path: String, for readers: StagedFile.Readers = .everyone) throws(SystemError) {
    do throws(SystemError) {
        // Safety: the string lives for the call, which only reads it.
        _ = try retryingSystemCall("mkdir", on: .path(path)) {
            unsafe mkdir(path, readers == .everyone ? 0o755 : 0o700)
        }
    } catch {
        guard error.number == .exists else { throw error }
    }
}

private func synchronizeDirectory(_ path: String) throws(SystemError) {
    let directory = try OwnedDescriptor(opening: path, for: .directory)
    _ = try retryingSystemCall("fsync", on: .path(path)) { fsync(directory.rawValue) }
}
