// SPDX-License-Identifier: Apache-2.0

package import ELF
internal import LivePatch

/// The version that a kernel is as safe as.
package struct EffectiveKernel: Hashable, Sendable {
    /// The release that runs, as `uname -r` prints it.
    package var release: String
    /// The release that it is as safe as with the patch that is in force; the one that runs, if no patch says more.
    package var safeRelease: String
    /// The patch.
    package var patch: KernelPatch?
}

extension KernelPatcher {
    /// The build ID of the kernel; nil if it tells none.
    package var buildID: BuildID? { kernel.buildID }

    /// Whether this program may load patches into the kernel at all: in a container it may not.
    package var isUsable: Bool { kernel.mayLoadModules && kernel.exists(Livepatch.directory) }

    /// The version that the kernel is as safe as, now that tasks run a patch or do not.
    package var effectiveKernel: EffectiveKernel {
        let release = kernel.release
        // Until all tasks run it, some are as safe as before.
        let patch = loaded.first { $0.state == .applied && $0.patch != nil }?.patch
        return EffectiveKernel(release: release, safeRelease: patch?.kernel.safeRelease ?? release, patch: patch)
    }
}
