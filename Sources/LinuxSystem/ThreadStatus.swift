// SPDX-License-Identifier: Apache-2.0

/// What `/proc/PID/task/TID/status` tells about a thread.
package struct ThreadStatus: Hashable, Sendable {
    /// What the thread's system calls are checked against.
    package enum Seccomp: Hashable, Sendable {
        /// Nothing.
        case disabled
        /// `SECCOMP_MODE_STRICT`: anything but read, write, exit and sigreturn kills.
        case strict
        /// `SECCOMP_MODE_FILTER`: a program decides.
        case filter
    }

    /// The state's letter.
    package var state: Character
    /// The thread that traces this one, if any does.
    package var tracer: ThreadID?
    /// What the thread's system calls are checked against.
    package var seccomp: Seccomp

    /// Whether the thread has ended.
    package var hasEnded: Bool { state == "Z" || state == "X" || state == "x" }
}

extension ThreadStatus {
    /// The status of a thread now.
    package init(of thread: ThreadID, in process: ProcessID) throws(SystemError) {
        let file = try OwnedDescriptor(opening: "/proc/\(process)/task/\(thread)/status", for: .read)
        self.init(parsing: try file.readToEnd(limit: 1 << 20, on: .thread(thread)))
    }

    /// The status that the bytes of such a file tell; what is missing counts as absent.
    ///
    /// See proc_pid_status(5).
    package init(parsing bytes: [UInt8]) {
        state = "?"
        seccomp = .disabled
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { continue }
            let value = String(decoding: line[(colon + 1)...].drop { $0 == 9 || $0 == 32 }, as: UTF8.self)
            // The name, on the first line, is escaped by the kernel, so that no line but the right one begins so.
            switch String(decoding: line[..<colon], as: UTF8.self) {
            case "State": state = value.first ?? "?"
            case "TracerPid": tracer = Int32(value).flatMap { $0 > 0 ? ThreadID(rawValue: $0) : nil }
            case "Seccomp": seccomp = value == "1" ? .strict : value == "0" ? .disabled : .filter
            default: break
            }
        }
    }
}
