// SPDX-License-Identifier: Apache-2.0

/// What tells one process from another that had or will have its number.
package struct ProcessIdentity: Hashable, Sendable {
    /// The number.
    package var process: ProcessID
    /// When it began, in clock ticks since the machine did.
    package var startTime: UInt64
    /// The name that its first thread goes by, at most 15 bytes.
    package var name: String
    /// The state's letter, such as `R` or `Z`.
    package var state: Character
    /// Where the heap began, 0 if the kernel does not tell.
    package var heapStart: RemoteAddress
}

extension ProcessIdentity {
    /// The identity of a process now.
    package init(of process: ProcessID) throws(SystemError) {
        let file = try OwnedDescriptor(opening: "/proc/\(process)/stat", for: .read)
        let bytes = try file.readToEnd(limit: 1 << 16, on: .process(process))
        guard let identity = ProcessIdentity(parsing: bytes, of: process) else {
            throw SystemError("read", .invalid, on: .process(process))
        }
        self = identity
    }

    /// The identity that the bytes of a `/proc/PID/stat` tell, or nil if they tell none; see proc_pid_stat(5).
    ///
    /// The name stands in parentheses and may itself hold parentheses, spaces and newlines, so that fields are counted
    /// from the last `)`.
    package init?(parsing bytes: [UInt8], of process: ProcessID) {
        guard let open = bytes.firstIndex(of: UInt8(ascii: "(")),
            let close = bytes.lastIndex(of: UInt8(ascii: ")")), open < close
        else { return nil }
        let fields = bytes[(close + 1)...].split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") }
            .map { String(decoding: $0, as: UTF8.self) }
        // Field 3, the state, is the first behind the name; the start time is field 22, start_brk field 47.
        guard fields.count >= 20, let state = fields[0].first, let startTime = UInt64(fields[19]) else { return nil }
        self.process = process
        self.startTime = startTime
        self.state = state
        name = String(decoding: bytes[(open + 1)..<close], as: UTF8.self)
        heapStart = RemoteAddress(fields.count > 44 ? UInt64(fields[44]) ?? 0 : 0)
    }
}
