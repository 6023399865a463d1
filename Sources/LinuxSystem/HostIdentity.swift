// SPDX-License-Identifier: Apache-2.0

internal import CLinux
internal import Glibc

/// What the running system is, by uname(2).
package struct HostIdentity: Hashable, Sendable {
    /// The name of the host.
    package let hostname: String
    /// The release of the kernel.
    package let kernel: String
    /// The kind of machine.
    package let machine: String

    /// Asks the kernel.
    package init() {
        var name = utsname()
        // Safety: the call writes to a local variable; it fails for a bad address only.
        _ = unsafe uname(&name)
        hostname = Self.text(name.nodename)
        kernel = Self.text(name.release)
        machine = Self.text(name.machine)
    }

    /// A field of fixed length, which ends at its first zero byte.
    private static func text<Field: BitwiseCopyable>(_ field: Field) -> String {
        // Safety: the bytes are those of the local copy.
        unsafe withUnsafeBytes(of: field) { bytes in
            unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
    }
}

/// The wall clock, in seconds since 1970.
package func secondsSince1970() -> Int64 { Int64(time(nil)) }

/// Whether this program runs as root.
package var isRoot: Bool { geteuid() == 0 }

/// The value of a variable of the environment; nil if it is not set.
package func environmentVariable(_ name: String) -> String? {
    // Safety: the value is copied at once, before anything could change the environment.
    unsafe getenv(name).map { unsafe String(cString: $0) }
}

/// Lets names of hosts be looked up in files and by DNS alone; must come before the first of them.
///
/// A static program that loads one of the host's own modules (nsswitch.conf(5)) is ended by the host's C library.
package func usePlainNames() { clinux_use_plain_names() }

/// Gives memory that is free back to the system: what a program needs now and then, it need not keep.
package func releaseMemory() { clinux_release_memory() }

/// Tells the manager of services a state (sd_notify(3)); nothing happens without one.
package func notifyServiceManager(_ state: String) {
    guard let socket = environmentVariable("NOTIFY_SOCKET") else { return }
    // Safety: the strings live for the call, which only reads them. What cannot be told is of no consequence.
    _ = unsafe clinux_notify(socket, state)
}

/// Whether a file can be read by others than its owner and root.
package func mayOthersRead(_ path: String) -> Bool {
    var status = stat()
    // Safety: the call reads the string, and writes to a local variable.
    return unsafe stat(path, &status) != 0 || status.st_mode & 0o044 != 0
}

/// Ends this program at once; what other threads do is not finished.
package func endAtOnce(status: Int32 = 0) -> Never { clinux_end_at_once(status) }

/// Lets this program live on when the session ends in which it was started.
package func leaveSession() { _ = clinux_leave_session() }
