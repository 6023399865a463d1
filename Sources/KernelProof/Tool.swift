// SPDX-License-Identifier: Apache-2.0

internal import Subprocess
internal import VirtualMachines

/// A program of the machine's.
struct Tool {
    private let name: String
    private let package: String

    /// A program, and the Debian package that has it.
    init(_ name: String, package: String) { (self.name, self.package) = (name, package) }

    /// Runs the program.
    ///
    /// - Throws: `ProofError.machine`, with what it said.
    func output(_ arguments: [String], limit: Int = 1 << 20) async throws(ProofError) -> [UInt8] {
        do {
            let result = try await Subprocess.run(
                .name(name), arguments: Arguments(arguments), output: .bytes(limit: limit),
                error: .string(limit: 1 << 16))
            guard result.terminationStatus.isSuccess else {
                throw ProofError.machine(
                    .file(arguments.last ?? name, reason: "\(name): \(result.standardError)"))
            }
            return result.standardOutput
        } catch let error as ProofError {
            throw error
        } catch let error as SubprocessError where error.code == .executableNotFound {
            throw .machine(.toolMissing(name, package: package))
        } catch {
            throw .machine(.file(arguments.last ?? name, reason: "\(name): \(error)"))
        }
    }
}
