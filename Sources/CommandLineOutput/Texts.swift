// SPDX-License-Identifier: Apache-2.0

/// What the tools say to people, in every language.
///
/// Reasons for refusals are with the errors that they are about.
package enum Text: Sendable {
    /// How many processes have what was asked for.
    case patched(count: Int, of: Int, target: String)
    /// How many processes are back at the original.
    case reverted(count: Int, of: Int, target: String)
    /// Nobody uses the target.
    case noProcess(target: String, buildID: String)
    /// Nobody holds the patch.
    case noPatchedProcess(patch: String)
    /// No patch in any process, for a list.
    case nothingPatched
    /// Some processes could not be looked into.
    case forbidden(count: Int)
    /// What became of a process.
    case result(Result)
    /// How long a process was stopped.
    case pause(microseconds: Int)
    /// A heading in front of hazards.
    case hazards(patch: String)
    /// The question whether to go on.
    case confirmation
    /// What to do where nobody can be asked.
    case confirmationNeeded
    /// The patch that was named is several.
    case ambiguous(written: String, patches: [String])
    /// Two patches that were to be applied together are for the same file.
    case sameTarget(target: String, files: [String])
    /// What was named is neither a patch's identity nor a file.
    case neitherIdentityNorFile(written: String)
    /// What a plan says of a process, for a patch of a level.
    case plan(Plan, level: Int)
    /// How many processes a plan would reach.
    case planned(count: Int, of: Int, target: String)
    /// What a plan cannot tell.
    case notForetold
    /// A watch has begun.
    case watching(patches: Int, Watching)
    /// The kernel could not tell everything to a watch.
    case recordsLost(UInt64)
    /// All processes that ran before have been looked at.
    case lookedAtAll
    /// How long after its mapping a process was patched.
    case latency(microseconds: Int)
    /// What could not be done is tried again.
    case willRetry
    /// A watch has ended.
    case watched(patched: Int, failed: Int)
    /// What a watch needs.
    case watchNeeds(call: String)
    /// A directory has no patch.
    case noPatches(directory: String)
    /// A profile tells of no patch.
    case noPatchInProfile
    /// A profile was written, and files of patches into a folder.
    case profileWritten(String, folder: String)
    /// A profile tells of patches in these processes that are not known.
    case unknownPatchMemory(processes: [Int32])
    /// Headings of tables.
    case heading(Heading)

    /// How a watch learns of new mappings.
    package enum Watching: Sendable {
        /// The kernel tells which file it is.
        case events
        /// The kernel tells that there is one.
        case mappings
        /// The kernel tells of programs that are executed.
        case processes
        /// All processes are looked at again and again.
        case scan
    }

    /// What a plan says of a process.
    package enum Plan: Sendable {
        /// It would be patched.
        case patch
        /// Its level would be replaced.
        case replace
        /// It has the patch.
        case already
        /// It is left alone.
        case leave
        /// It cannot be patched.
        case refuse
        /// It uses another build.
        case otherBuild
    }

    /// What became of a process.
    package enum Result: Sendable {
        /// Done now.
        case patched
        /// Done now, backwards.
        case reverted
        /// It held before.
        case already
        /// Nothing to do.
        case skipped
        /// Not done.
        case failed
        /// In memory only.
        case mapped
        /// In memory only: another level is in its place.
        case superseded
        /// Left half way by a patcher that was killed.
        case interrupted
    }

    /// Headings of tables.
    package enum Heading: Sendable {
        /// The process's number.
        case process
        /// Its name.
        case name
        /// The patch.
        case patch
        /// The level.
        case level
        /// The state.
        case state
        /// The target.
        case target
        /// How many threads it has.
        case threads
        /// What a plan would do.
        case plan
        /// Where something lies.
        case address
    }
}
