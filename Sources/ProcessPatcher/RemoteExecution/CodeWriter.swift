// SPDX-License-Identifier: Apache-2.0

internal import LinuxSystem

/// Writes to memory of a process whatever its protection, so that no page is ever writable and executable.
///
/// `/proc/PID/mem` does it at once. Hardened kernels (Linux 6.12, `PROC_MEM_NO_FORCE`) forbid that; there a stopped
/// thread is written through, eight bytes a call.
enum CodeWriter {
    /// Writes bytes.
    ///
    /// - Parameters:
    ///   - bytes: What to write.
    ///   - address: Where.
    ///   - memory: The process's memory.
    ///   - thread: A stopped thread, for kernels that need one.
    /// - Throws: The call that failed.
    static func write(
        _ bytes: [UInt8], at address: RemoteAddress, of memory: borrowing ProcessMemory, through thread: ThreadID?
    ) throws(SystemError) {
        do throws(SystemError) {
            try memory.write(bytes, at: address)
        } catch {
            guard let thread, isRefusal(error) else { throw error }
            try poke(bytes, at: address, of: memory, through: thread)
        }
    }

    /// Whether a write failed because the kernel does not allow this way.
    static func isRefusal(_ error: SystemError) -> Bool {
        [.inputOutput, .badAddress, .notPermitted, .accessDenied].contains(error.number)
    }

    /// Writes bytes by way of a stopped thread; whole words, so that a page's end is no obstacle.
    static func poke(
        _ bytes: [UInt8], at address: RemoteAddress, of memory: borrowing ProcessMemory, through thread: ThreadID
    ) throws(SystemError) {
        let first = address.rawValue & ~7
        let lead = Int(address.rawValue - first)
        let count = (lead + bytes.count + 7) / 8 * 8
        var words = try memory.read(count, at: RemoteAddress(first))
        words.replaceSubrange(lead..<lead + bytes.count, with: bytes)
        for offset in stride(from: 0, to: count, by: 8) {
            try thread.poke(number(words[offset..<offset + 8]), at: RemoteAddress(first &+ UInt64(offset)))
        }
    }
}
