// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// The names in a directory, without `.` and `..`, in order.
///
/// - Throws: The `opendir` that failed.
package func names(inDirectory path: String) throws(SystemError) -> [String] {
    // Safety: opendir() reads the string; the directory is closed on the one way out.
    guard let directory = unsafe opendir(path) else { throw SystemError("opendir", .current, on: .path(path)) }
    defer { unsafe _ = closedir(directory) }
    var names: [String] = []
    // Safety: the directory is open, and no other thread reads it; an entry's name ends with a zero byte within it.
    while let entry = unsafe readdir(directory) {
        let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
            unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
        }
        if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
}
