// SPDX-License-Identifier: Apache-2.0

package import VirtualMachines

/// What a patch did in a virtual machine.
package struct ProofResult: Hashable, Sendable {
    /// A step of the proof.
    package struct Step: Hashable, Sendable {
        /// What it is: `boot`, `identity`, `modules`, `before`, `hold`, `load`, `after`, `release`, `late-modules`,
        /// `late-patched`, `replace`, `replaced`, `after-replacement`, `unload`, `restored`, `activity`, `log`.
        package var name: String
        /// Whether it went as it should.
        package var isPassed: Bool
        /// How long it took by the machine's clock, in milliseconds.
        package var milliseconds: Int
        /// What was seen.
        package var detail: String
    }

    /// The steps in their order.
    package var steps: [Step]
    /// Whether the machine came to its end by itself.
    package var isComplete: Bool
    /// What ran it.
    package var accelerator: Accelerator
    /// How long the machine ran, in milliseconds.
    package var milliseconds: Int
    /// The kernel's log; what its console showed, if the machine did not come to its end.
    package var log: String

    /// Whether the patch did all that it should, and the kernel had nothing to say against it.
    package var isPassed: Bool { isComplete && steps.allSatisfy(\.isPassed) }

    /// The steps that did not go as they should.
    package var failures: [Step] { steps.filter { !$0.isPassed } }
}
