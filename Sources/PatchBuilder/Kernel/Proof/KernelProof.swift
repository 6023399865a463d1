// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// What was seen when a kernel's live patch was tried.
package struct KernelProof: Codable, Equatable, Sendable {
    /// A thing that was tried.
    package struct Step: Codable, Equatable, Sendable {
        package var name: String
        package var hasPassed: Bool
        /// What was seen, if that tells more.
        package var detail: String?
    }

    package var schemaVersion = 1
    /// The kernel's release.
    package var release: String
    /// How the processor was made: `tcg`, emulation.
    package var accelerator: String
    /// The module that was tried.
    package var module: String
    package var steps: [Step]
    /// How long the machine ran.
    package var seconds: Double
    /// The author's scenario, as it was given.
    package var scenario: String?
    /// The last lines of the console.
    package var log: [String]

    /// Whether everything that was tried went as it must.
    package var hasPassed: Bool { !steps.isEmpty && steps.allSatisfy(\.hasPassed) }

    /// The proof as JSON, the same text for equal proofs.
    package func encoded() -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(self)).map { [UInt8]($0) } ?? []
    }
}
