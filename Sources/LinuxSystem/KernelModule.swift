// SPDX-License-Identifier: Apache-2.0

internal import CLinux
internal import Glibc

/// Modules of the running kernel.
package enum KernelModule {
    /// Loads a module; its initialization has ended when the call returns.
    ///
    /// The kernel gets a file, since some of its rules about signatures are for files only (`ima_load_data`).
    ///
    /// - Throws: The call that failed; the kernel's log may tell more.
    package static func load(_ contents: [UInt8]) throws(SystemError) {
        let file = OwnedDescriptor(try checked("memfd_create", clinux_memory_file()))
        try file.write(contents, on: nil)
        try checked("finit_module", clinux_load_module(file.rawValue))
    }

    /// Removes a module that nothing uses.
    ///
    /// - Throws: The call that failed, with `EAGAIN` or `EBUSY` if it is in use.
    package static func unload(_ name: String) throws(SystemError) {
        // Safety: the string lives for the call, which only reads it.
        try checked("delete_module", on: .path(name), unsafe clinux_unload_module(name))
    }
}

extension OwnedDescriptor {
    /// Writes all bytes at the present position.
    ///
    /// - Throws: The `write` that failed.
    package func write(_ bytes: [UInt8], on subject: SystemError.Subject?) throws(SystemError) {
        var written = 0
        while written < bytes.count {
            // Safety: the buffer holds `bytes.count` bytes, of which `written` are done; write() only reads.
            written += try retryingSystemCall("write", on: subject) {
                unsafe bytes.withUnsafeBytes { buffer in
                    unsafe Glibc.write(rawValue, buffer.baseAddress?.advanced(by: written), bytes.count - written)
                }
            }
        }
    }
}
