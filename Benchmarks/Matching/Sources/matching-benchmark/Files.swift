// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Reads files, as the builder's own `Files` does, without what that one is used for beside.
enum Files {
    /// All bytes of a file.
    static func read(_ path: String) throws -> [UInt8] {
        guard let file = unsafe fopen(path, "r") else { throw Unreadable(path: path) }
        // Safety: the file is open until it is closed on the way out, and the buffer has as many bytes as are asked for.
        defer { unsafe _ = fclose(file) }
        unsafe fseek(file, 0, SEEK_END)
        let size = unsafe ftell(file)
        unsafe rewind(file)
        return unsafe [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            count = unsafe fread(buffer.baseAddress, 1, size, file)
        }
    }

    /// A file that is not there, or not for this user.
    struct Unreadable: Error {
        var path: String
    }
}
