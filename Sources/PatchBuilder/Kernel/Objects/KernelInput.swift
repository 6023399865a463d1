// SPDX-License-Identifier: Apache-2.0

internal import LinuxSystem

/// What a differ is given: files, and also pipes and devices, as a shell hands over what a command prints.
package enum KernelInput {
    /// All that can be read at a path.
    ///
    /// - Throws: ``KernelRefusal/malformedKernel(file:reason:)`` if nothing can, or it is more than any file of a kernel.
    package static func bytes(of path: String) throws(KernelRefusal) -> [UInt8] {
        do throws(SystemError) {
            return try contents(ofFile: path, limit: 1 << 31)
        } catch {
            throw .malformedKernel(file: path, reason: "it cannot be read: \(error)")
        }
    }
}
