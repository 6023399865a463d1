// SPDX-License-Identifier: Apache-2.0

package import ELF
package import LinuxSystem
package import LivePatch

/// Why a kernel was not patched or reverted; unless a case says otherwise, the kernel is as it was.
package enum KernelPatchError: Error, Hashable, Sendable {
    // The patch.

    /// The file is no live patch.
    case artefact(ArtefactError)
    /// The live patch is for processes.
    case notForKernel
    /// The module in the patch is not what the patch says.
    case badModule(reason: String)

    // What the machine allows.

    /// This user may not load modules.
    case notPermitted
    /// The boot loader was told to stop all.
    case switchedOff
    /// The kernel has no live patching.
    case noLivePatching
    /// The kernel cannot tell which functions a sleeping task is in.
    case noReliableStacks
    /// No more modules may be loaded until the next start.
    case modulesDisabled
    /// The kernel's function tracer is off, by which functions are replaced.
    case tracingOff
    /// The kernel is locked down, and the module is not signed.
    case lockedDown(mode: String)
    /// The kernel enforces signatures, and the module is not signed.
    case signatureEnforced

    // Whether the patch is for this kernel.

    /// The kernel does not tell its build ID.
    case kernelUnknown
    /// The kernel is another build.
    case otherKernel(release: String, BuildID, running: String, BuildID)
    /// A loaded module is another build.
    case otherModule(name: String, BuildID, found: BuildID?)

    // What else is in the kernel.

    /// A live patch of another tool would be replaced.
    case foreignPatch(module: String)
    /// Something else has redirected a function.
    case functionHeld(function: String)
    /// Tasks are still going over to a patch, or away from it.
    case transitionUnderWay(module: String)
    /// A module of this name is loaded.
    case moduleThere(name: String)
    /// A module never came to the end of its initialization.
    case moduleStuck(name: String)
    /// A higher level is in force, and going back was not asked for.
    case holdsNewerLevel(Int, patch: ArtefactID)
    /// The patch that is in force has fixes that this one lacks.
    case losesFixes(of: ArtefactID)

    // The crash marker.

    /// The machine went down the last time that the patch was loaded.
    case wentDown(ArtefactID)
    /// The kernel complained the last time that the patch was loaded.
    case failedBefore(ArtefactID)
    /// A marker cannot be read.
    case badMarker(path: String)
    /// The marker could not be made durable.
    case markerNotWritten(path: String, ErrorNumber)

    // Loading and going over.

    /// The kernel did not take the module.
    case refusedByKernel(ErrorNumber, said: [String])
    /// Tasks did not go over in time; it was taken back.
    case stalled(after: Duration, tasks: [BlockingTask])
    /// Tasks did not leave the patch in time; it is in force as before.
    case stalledLeaving(after: Duration, tasks: [BlockingTask])
    /// Tasks did not go over in time, and do not come back either: the transition goes on.
    case notUndone(tasks: [BlockingTask])
    /// Somebody else took the patch out while tasks went over.
    case takenOut(module: String)
    /// The kernel complained while it was watched; the patch was taken out.
    case complained(said: [String])
    /// The kernel complained while it was watched, and the patch could not be taken out.
    case complainedAndStays(said: [String])
    /// The kernel does not hold this patch.
    case notLoaded(ArtefactID)
    /// The patch is out of force, and its module could not be removed.
    case moduleStays(name: String, ErrorNumber)

    /// A call of this program failed.
    case system(SystemError)
}
