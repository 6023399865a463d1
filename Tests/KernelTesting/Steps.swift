// SPDX-License-Identifier: Apache-2.0

import TestSupport
package import VirtualMachines

/// What the steps of a machine printed, by their names.
package struct Steps {
    /// A step.
    package struct Step {
        /// What it printed.
        package var output: String
        /// Its exit code; nil if the machine went down in it.
        package var status: Int?
    }

    private var steps: [String: Step] = [:]

    package init(_ text: String) {
        var name = ""
        for line in text.split(whereSeparator: \.isNewline) {
            if line.hasPrefix("== ") {
                name = String(line.dropFirst(3))
                steps[name] = Step(output: "", status: nil)
            } else if line.hasPrefix("-- ") {
                steps[name]?.status = Int(line.dropFirst(3))
            } else {
                steps[name]?.output += line + "\n"
            }
        }
    }

    package subscript(name: String) -> Step { steps[name] ?? Step(output: "the step was not reached", status: nil) }
}

extension GuestSession {
    /// Runs the machine, which must come to its end unless it is to go down.
    package func steps(goesDown: Bool = false) async throws -> (steps: Steps, console: String) {
        let directory = try TemporaryDirectory()
        let result = try await run(in: directory.path)
        guard !result.isTimedOut, result.isComplete != goesDown else {
            throw CommandFailure(description: "\(result.output)\n\(result.console.suffix(4000))")
        }
        return (Steps(result.output), result.console)
    }
}
