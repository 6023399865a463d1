// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import VirtualMachines

extension ProofResult {
    /// The layout of ``json``.
    private static let schemaVersion: Int64 = 1

    /// The result as it is stored with a patch.
    package var json: [UInt8] {
        JSONValue.object([
            "schemaVersion": .integer(Self.schemaVersion), "accelerator": .string(accelerator.rawValue),
            "complete": .boolean(isComplete), "passed": .boolean(isPassed),
            "milliseconds": .integer(Int64(milliseconds)), "log": .string(log),
            "steps": .array(
                steps.map { step in
                    .object([
                        "name": .string(step.name), "passed": .boolean(step.isPassed),
                        "milliseconds": .integer(Int64(step.milliseconds)), "detail": .string(step.detail),
                    ])
                }),
        ]).text
    }
}
