// SPDX-License-Identifier: Apache-2.0

/// What loading a patch would do.
package enum KernelPlan: Hashable, Sendable {
    /// The module is loaded, and these patches are replaced.
    case load(replacing: [LoadedKernelPatch])
    /// A transition to it, which a command began that was killed, is waited for.
    case goOn
    /// The kernel has the patch.
    case already
}
