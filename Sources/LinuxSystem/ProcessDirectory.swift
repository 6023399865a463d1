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

    /// The path of the program that a process runs, as its own file system has it.
    package static func program(of process: ProcessID) throws(SystemError) -> String {
        let path = "/proc/\(process)/exe"
        var failure: SystemError?
        // Safety: the array has room for 4,096 bytes, the longest path; those that the call counts are initialized.
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 4096) { buffer, initialized in
            do throws(SystemError) {
                initialized = try retryingSystemCall("readlink", on: .path(path)) {
                    unsafe buffer.withMemoryRebound(to: CChar.self) { buffer in
                        guard let start = buffer.baseAddress else { return -1 }
                        return unsafe readlink(path, start, buffer.count)
                    }
                }
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Whether a process runs the very file that this one runs.
    package static func runsThisProgram(_ process: ProcessID) -> Bool {
        func file(_ path: String) -> (UInt64, UInt64)? {
            var status = stat()
            // Safety: the call reads the string, and writes to a local variable.
            return unsafe stat(path, &status) == 0 ? (UInt64(status.st_dev), UInt64(status.st_ino)) : nil
        }
        guard let own = file("/proc/self/exe"), let other = file("/proc/\(process)/exe") else { return false }
        return own == other
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
