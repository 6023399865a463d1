// SPDX-License-Identifier: Apache-2.0

package import LinuxSystem
package import LivePatch

/// What patches would do to a process, as far as that can be told without touching it.
package struct PlannedProcess: Hashable, Sendable {
    /// What would become of a process.
    package enum Action: Hashable, Sendable {
        /// It would be patched.
        case patch
        /// The level that is in force would be replaced.
        case replace
        /// It is patched.
        case already
        /// It is left alone.
        case leave(ProcessReport.SkipReason)
        /// It cannot be patched.
        case refuse(PatchError)
        /// It uses another build of the target, which the patch is not for.
        case otherBuild(String)
    }

    /// Which process.
    package var process: ProcessID
    /// The name that it goes by.
    package var name: String
    /// The patches whose targets it uses; none if it uses other builds.
    package var patches: [ArtefactID]
    /// The level that is in force; nil if there is none.
    package var level: Int?
    /// How many threads it has.
    package var threads: Int
    /// What would become of it.
    package var action: Action
}
