// SPDX-License-Identifier: Apache-2.0

/// What this process may do beyond an ordinary one.
package enum Privilege {
    /// Whether it may trace processes of other users: CAP_SYS_PTRACE is in effect.
    ///
    /// A few processes may be out of reach nevertheless, those with more capabilities than this one among them.
    package static var mayTraceOthers: Bool { has(capability: 19) }

    /// Whether it may suspend the filters of other processes' system calls: CAP_SYS_ADMIN is in effect
    /// (`kernel/ptrace.c`, ptrace_setoptions).
    package static var maySuspendFilters: Bool { has(capability: 21) }

    /// Whether the process with a `/proc/PID/status` may load modules into the kernel: CAP_SYS_MODULE is in effect.
    package static func mayLoadModules(inStatus bytes: [UInt8]) -> Bool {
        effectiveCapabilities(inStatus: bytes) & 1 << 16 != 0
    }

    private static func has(capability number: UInt64) -> Bool {
        guard let status = try? contents(ofFile: "/proc/self/status", limit: 1 << 20) else { return false }
        return effectiveCapabilities(inStatus: status) & 1 << number != 0
    }

    /// The field `CapEff` of a `/proc/PID/status`, 0 if there is none.
    static func effectiveCapabilities(inStatus bytes: [UInt8]) -> UInt64 {
        let name = Array("CapEff:\t".utf8)
        guard let line = bytes.split(separator: UInt8(ascii: "\n")).first(where: { $0.starts(with: name) }) else {
            return 0
        }
        return UInt64(String(decoding: line.dropFirst(name.count), as: UTF8.self), radix: 16) ?? 0
    }
}
