// SPDX-License-Identifier: Apache-2.0

internal import CLinux
internal import Glibc

/// The processes of the machine, and the threads of a process, as `/proc` lists them.
package enum ProcessDirectory {
    /// The processes that this process can see, in ascending order.
    package static func processes() throws(SystemError) -> [ProcessID] {
        try numbers(in: "/proc").map { ProcessID(rawValue: $0) }.sorted()
    }

    /// The threads of a process, in no certain order.
    package static func threads(of process: ProcessID) throws(SystemError) -> [ThreadID] {
        try numbers(in: "/proc/\(process)/task").map { ThreadID(rawValue: $0) }
    }

    private static func numbers(in path: String) throws(SystemError) -> [Int32] {
        // Safety: opendir() reads the string; the directory is closed on the one way out.
        guard let directory = unsafe opendir(path) else { throw SystemError("opendir", .current, on: .path(path)) }
        defer { unsafe _ = closedir(directory) }
        var numbers: [Int32] = []
        while true {
            // Safety: the directory is open, and no other thread reads it.
            let number = unsafe clinux_next_number(directory)
            guard number > 0 else { return numbers }
            numbers.append(number)
        }
    }
}

/// A way to ask how many threads a process has without listing them.
package struct ThreadCounter: ~Copyable, Sendable {
    private let process: ProcessID
    private let directory: OwnedDescriptor

    /// Opens the thread directory of a process.
    package init(of process: ProcessID) throws(SystemError) {
        self.process = process
        directory = try OwnedDescriptor(opening: "/proc/\(process)/task", for: .directory)
    }

    /// The number of threads now, dead ones included that nobody has waited for.
    ///
    /// The kernel gives it as the directory's link count (`fs/proc/base.c`, proc_task_getattr).
    package func count() throws(SystemError) -> Int {
        var status = stat()
        // Safety: fstat() writes to a local variable.
        _ = try retryingSystemCall("fstat", on: .process(process)) { unsafe fstat(directory.rawValue, &status) }
        return max(0, Int(status.st_nlink) - 2)
    }
}
