// SPDX-License-Identifier: Apache-2.0

/// Why a virtual machine could not be run at all.
package enum MachineError: Error, Equatable, Sendable {
    /// A program is not installed.
    case toolMissing(String, package: String)
    /// A file could not be read or written.
    case file(String, reason: String)
    /// QEMU did not run the machine.
    case refused(String)
}

extension MachineError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .toolMissing(let tool, let package): "\(tool) is not installed; it comes with the package \(package)"
        case .file(let path, let reason): "\(path): \(reason)"
        case .refused(let reason): "the virtual machine did not run: \(reason)"
        }
    }
}
