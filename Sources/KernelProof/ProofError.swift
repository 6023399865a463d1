// SPDX-License-Identifier: Apache-2.0

/// Why a proof could not be made at all; a patch that fails it is a ``ProofResult``.
package enum ProofError: Error, Equatable, Sendable {
    /// A program is not installed.
    case toolMissing(String, package: String)
    /// A file could not be read or written.
    case file(String, reason: String)
    /// A line of a scenario is not what it should be.
    case scenario(line: Int, problem: String)
    /// A program of a scenario does not compile.
    case doesNotCompile(String, errors: String)
    /// The kernel has no such module.
    case noModule(String)
    /// QEMU did not run the machine.
    case machine(String)
}

extension ProofError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .toolMissing(let tool, let package): "\(tool) is not installed; it comes with the package \(package)"
        case .file(let path, let reason): "\(path): \(reason)"
        case .scenario(let line, let problem): "line \(line) of the scenario: \(problem)"
        case .doesNotCompile(let name, let errors): "\(name) of the scenario does not compile:\n\(errors)"
        case .noModule(let name): "the kernel has no module \(name)"
        case .machine(let reason): "the virtual machine did not run: \(reason)"
        }
    }
}
