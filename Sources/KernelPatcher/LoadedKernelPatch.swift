// SPDX-License-Identifier: Apache-2.0

internal import LinuxSystem
internal import LivePatch

/// A live patch in the running kernel.
package struct LoadedKernelPatch: Hashable, Sendable {
    /// What is the matter with it.
    package enum State: String, Hashable, Sendable {
        /// All tasks run it.
        case applied
        /// Tasks are going over to it.
        case applying
        /// Tasks are leaving it.
        case reverting
    }

    /// The name of its module.
    package var module: String
    /// The patch; nil if it is another tool's.
    package var patch: KernelPatch?
    /// What is the matter with it.
    package var state: State
}

extension RunningKernel {
    /// The live patches that the kernel holds, with what is known of them.
    func loadedPatches(_ places: KernelPatchPlaces) -> [LoadedKernelPatch] {
        livepatches.map { livepatch in
            // One that is neither enabled nor in transition is about to be the one or has just been the other.
            let state: LoadedKernelPatch.State =
                livepatch.isEnabled ? (livepatch.isInTransition ? .applying : .applied) : .reverting
            return LoadedKernelPatch(module: livepatch.name, patch: record(of: livepatch.name, places), state: state)
        }
    }

    /// Our patch whose module has a name; nil if the module is not the one that was written down.
    func record(of module: String, _ places: KernelPatchPlaces) -> KernelPatch? {
        guard let file = try? contents(ofFile: places.file(ofModule: module), limit: Artefact.Limit.fileSize),
            let patch = try? KernelPatch(parsing: file), patch.kernel.module == module,
            patch.module.buildID == buildID(ofModule: module)
        else { return nil }
        return patch
    }
}
