// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport

/// An operator with a folder of their own, who runs shell commands in it.
final class Operator: Sendable {
    let directory: TemporaryDirectory
    private let environment: String

    /// An operator who speaks a language.
    init(language: String = "C.UTF-8") throws {
        directory = try TemporaryDirectory(in: .memory)
        let programs = try Self.programs()
        environment = "export PATH='\(programs):'\"$PATH\" LC_ALL=\(language) TMPDIR='\(directory.path)'\n"
    }

    /// Runs commands, and ends at the first that fails.
    func run(_ script: String) throws -> Command {
        try Command("bash", ["-euo", "pipefail", "-c", environment + script], in: directory.url)
    }

    /// Runs commands that must succeed; what they print.
    @discardableResult
    func succeed(_ script: String) throws -> String {
        let command = try run(script)
        guard command.status == 0 else {
            throw CommandFailure(description: "status \(command.status) of: \(script)\n\(command.errors)")
        }
        return command.output
    }

    /// The folder in which this build's executables are, beside the bundle of the tests.
    static func programs() throws -> String {
        URL(filePath: try builtProgram("kaketsugi-server")).deletingLastPathComponent().path
    }
}
