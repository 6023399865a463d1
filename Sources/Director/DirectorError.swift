// SPDX-License-Identifier: Apache-2.0

package import LivePatch
package import ServiceStore

/// Why an operator's order is refused.
package enum DirectorError: Error, Hashable, Sendable {
    /// There is nothing to roll out.
    case noPatches
    /// The repository has no such patch.
    case notPublished(ArtefactID)
    /// The patch is taken back.
    case revoked(ArtefactID)
    /// Two of the patches are for one build.
    case twoForOneBuild(String)
    /// There are no rings, or too many.
    case ringCount(Int)
    /// One host can only try before all others.
    case canaryIsNotFirst
    /// A share is not larger than that of the ring before.
    case percentFalls(Int)
    /// A time of a ring is too short or too long.
    case badTime(Int64)
    /// A text is empty or too long.
    case badText(String)
    /// A rollout in that state cannot be told that.
    case wrongState(rollout: String, RolloutRecord.State)
    /// What the records say.
    case store(StoreError)
}

extension DirectorError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .noPatches: "no patch is named, or none that the repository has"
        case .notPublished(let patch): "the repository has no patch \(patch.short); publish it first"
        case .revoked(let patch): "patch \(patch.short) is revoked; lift that first"
        case .twoForOneBuild(let build): "two of the patches are for build \(build); name one of them"
        case .ringCount(let count): "a rollout has 1 to 20 rings, and not \(count)"
        case .canaryIsNotFirst: "a canary can only be the first ring"
        case .percentFalls(let percent): "\(percent)% is not more than the ring before it has"
        case .badTime(let seconds):
            "\(seconds) seconds are no time for a ring: bake 0 s to 30 days, silence 60 s to 30 days"
        case .badText(let text): "\(text.prefix(60).debugDescription) is empty or too long"
        case .wrongState(let rollout, let state):
            switch state {
            case .running: "rollout \(rollout) is running"
            case .halted: "rollout \(rollout) is halted; resume it first"
            case .finished: "rollout \(rollout) is finished"
            }
        case .store(let error): "\(error)"
        }
    }
}
