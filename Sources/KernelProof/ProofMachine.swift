// SPDX-License-Identifier: Apache-2.0

internal import VirtualMachines

/// A virtual machine with all that it takes to try a live patch in it.
package struct ProofMachine: Sendable {
    let session: GuestSession
    /// Where its files lie.
    let folder: String

    /// Tries the patch.
    ///
    /// - Returns: What happened; a patch that fails is a result, too.
    /// - Throws: `ProofError` if the machine could not be run.
    package func run() async throws(ProofError) -> ProofResult {
        do throws(MachineError) {
            return result(of: try await session.run(in: folder))
        } catch {
            throw .machine(error)
        }
    }

    private func result(of ended: GuestSession.Result) -> ProofResult {
        let time = ended.duration.components
        var result = ProofResult(
            report: ended.output, console: ended.console, accelerator: ended.accelerator,
            milliseconds: Int(time.seconds * 1000 + time.attoseconds / 1_000_000_000_000_000))
        if ended.isTimedOut {
            result.isComplete = false
            let last = result.steps.dropLast().last?.name ?? "nothing"
            result.steps.append(
                .init(
                    name: "deadline", isPassed: false, milliseconds: result.milliseconds,
                    detail: "the machine was ended after \(session.deadline); the last step it reported was \(last)"))
        }
        return result
    }
}
