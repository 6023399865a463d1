// SPDX-License-Identifier: Apache-2.0

package import VirtualMachines

/// Why a proof could not be made at all; a patch that fails it is a ``ProofResult``.
package enum ProofError: Error, Equatable, Sendable {
    /// The virtual machine, or what is put into it, could not be had.
    case machine(MachineError)
    /// A line of a scenario is not what it should be.
    case scenario(line: Int, problem: String)
    /// A program of a scenario does not compile.
    case doesNotCompile(String, errors: String)
    /// The kernel has no such module.
    case noModule(String)
}

extension ProofError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .machine(let error): error.description
        case .scenario(let line, let problem): "line \(line) of the scenario: \(problem)"
        case .doesNotCompile(let name, let errors): "\(name) of the scenario does not compile:\n\(errors)"
        case .noModule(let name): "the kernel has no module \(name)"
        }
    }
}
