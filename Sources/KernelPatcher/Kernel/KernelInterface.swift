// SPDX-License-Identifier: Apache-2.0

package import LinuxSystem

/// What a kernel lets a program with all rights do: the boundary that tests replace by a kernel of their own.
package protocol KernelInterface: Sendable {
    /// The contents of a file of `/proc` or `/sys`.
    func read(_ path: String) throws(SystemError) -> [UInt8]
    /// The names in a directory of `/proc` or `/sys`, in order.
    func names(in path: String) throws(SystemError) -> [String]
    /// Writes to a file of `/sys`.
    func write(_ text: String, to path: String) throws(SystemError)
    /// Loads a module and runs its initialization.
    func load(_ module: [UInt8]) throws(SystemError)
    /// Removes a module that nothing uses.
    func unload(_ name: String) throws(SystemError)
    /// The kernel's log, the oldest message first.
    func log() throws(SystemError) -> [KernelMessage]
    /// The present.
    var now: MonotonicInstant { get }
    /// Lets time pass.
    func pause(for duration: Duration)
}

/// The kernel that runs this program.
package struct LinuxKernel: KernelInterface {
    /// The kernel that runs this program.
    package init() {}

    package func read(_ path: String) throws(SystemError) -> [UInt8] {
        // The longest is /proc/kallsyms, some 15 MB.
        try contents(ofFile: path, limit: 256 << 20)
    }

    package func names(in path: String) throws(SystemError) -> [String] { try LinuxSystem.names(inDirectory: path) }

    package func write(_ text: String, to path: String) throws(SystemError) {
        try OwnedDescriptor(opening: path, for: .readWrite).write(Array(text.utf8), on: .path(path))
    }

    package func load(_ module: [UInt8]) throws(SystemError) { try KernelModule.load(module) }

    package func unload(_ name: String) throws(SystemError) { try KernelModule.unload(name) }

    package func log() throws(SystemError) -> [KernelMessage] { try KernelMessage.all() }

    package var now: MonotonicInstant { .now }

    package func pause(for duration: Duration) { LinuxSystem.pause(for: duration) }
}
