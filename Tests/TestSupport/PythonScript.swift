// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// Runs a Python script beside a test, with the reference implementation of The Update Framework.
package func python(_ script: String, _ arguments: [String], beside test: String = #filePath) throws -> Command {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    let interpreter = try Command(root.appending(path: "scripts/python-tuf").path, [])
    guard interpreter.status == 0 else {
        throw CommandFailure(description: "scripts/python-tuf: \(interpreter.errors)")
    }
    let path = URL(filePath: test).deletingLastPathComponent().appending(path: script).path
    let program = interpreter.output.trimmingCharacters(in: .whitespacesAndNewlines)
    return try Command(program, ["-B", path] + arguments)
}
