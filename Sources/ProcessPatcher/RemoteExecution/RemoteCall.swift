// SPDX-License-Identifier: Apache-2.0

package import LinuxSystem

/// A system call that a thread of the target is to make.
package struct RemoteCall: Hashable, Sendable {
    /// The call's name, for people.
    package var name: String
    /// Its number.
    package var number: UInt64
    /// Its arguments, at most six.
    package var arguments: [UInt64]
    /// The result without which no later call may be made, or nil if the call may fail.
    package var required: UInt64?
}

extension RemoteCall {
    /// Maps private zeroed memory, readable only, at an address where nothing is; fails if there is something.
    package static func reserve(_ range: Range<RemoteAddress>) -> RemoteCall {
        // PROT_READ; MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE (Linux 4.17; an older kernel takes the address
        // for a hint, and another result ends the sequence).
        RemoteCall(
            name: "mmap", number: 9,
            arguments: [range.lowerBound.rawValue, range.size, 1, 0x10_0022, UInt64(bitPattern: -1), 0],
            required: range.lowerBound.rawValue)
    }

    /// Replaces reserved memory, which has not been written to, by memory that is executable and readable.
    ///
    /// Not by `mprotect`: a process that may not make memory executable (`PR_SET_MDWE`, Linux 6.3) may still map some
    /// that never is anything else.
    package static func makeExecutable(_ range: Range<RemoteAddress>) -> RemoteCall {
        // PROT_READ | PROT_EXEC; MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED.
        RemoteCall(
            name: "mmap", number: 9,
            arguments: [range.lowerBound.rawValue, range.size, 1 | 4, 0x32, UInt64(bitPattern: -1), 0],
            required: range.lowerBound.rawValue)
    }

    /// Makes memory writable and readable.
    package static func makeWritable(_ range: Range<RemoteAddress>) -> RemoteCall { protect(range, 1 | 2) }

    private static func protect(_ range: Range<RemoteAddress>, _ protection: UInt64) -> RemoteCall {
        RemoteCall(
            name: "mprotect", number: 10, arguments: [range.lowerBound.rawValue, range.size, protection], required: 0)
    }

    /// Names memory in `/proc/PID/maps`, where the kernel can (Linux 5.17, `CONFIG_ANON_VMA_NAME`).
    package static func name(_ range: Range<RemoteAddress>, as text: RemoteAddress) -> RemoteCall {
        // PR_SET_VMA, PR_SET_VMA_ANON_NAME.
        RemoteCall(
            name: "prctl", number: 157,
            arguments: [0x5356_4d41, 0, range.lowerBound.rawValue, range.size, text.rawValue], required: nil)
    }

    /// Gives memory back.
    package static func unmap(_ range: Range<RemoteAddress>) -> RemoteCall {
        RemoteCall(name: "munmap", number: 11, arguments: [range.lowerBound.rawValue, range.size], required: 0)
    }
}
