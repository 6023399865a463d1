// SPDX-License-Identifier: Apache-2.0

package import HostProtocol
package import LivePatch
package import PatchCatalogue
package import ServicePolicy
package import UpdateFramework

/// What is to be done about a build that processes use.
package struct Decision: Hashable, Sendable {
    /// What is to be done.
    package enum Action: Hashable, Sendable {
        /// Nothing, for a reason.
        case keep(Reason)
        /// The ordered patch is put into all processes.
        case apply(Instructions.Order)
        /// A lower level takes the place of the one in force.
        case goBack(Instructions.Order)
        /// The patch in force is taken out.
        case revert(Cause)
    }

    /// Why nothing is to be done.
    package enum Reason: Hashable, Sendable {
        /// It has what it is to have.
        case current
        /// Nobody wants it to have another level.
        case noOrder
        /// Everything is switched off.
        case off(Situation.Switch)
        /// The agent has stopped by itself.
        case halted(AgentHalt)
        /// The director has said nothing that still holds.
        case instructionsExpired(Moment)
        /// The administrator holds it.
        case held(CheckIn.Hold)
        /// The patch is taken back.
        case revoked(RevocationList.Entry)
        /// The service wants a level out that has been in force for so long that only the administrator takes it out.
        case settled(Cause)
        /// The list of revocations says nothing any more; since when, nil if there has never been one.
        case noRevocations(since: UpdateTime?)
        /// The host went down after the patch before.
        case suspect
        /// There is no lease.
        case noLease
        /// The lease has ended.
        case leaseLapsed(Moment)
        /// The lease begins later than now: the clock is behind.
        case clockBehind(Moment)
        /// The lease is not for the product.
        case notLeased(String)
    }

    /// Why a patch is taken out.
    package enum Cause: Hashable, Sendable {
        /// The director wants the original.
        case ordered(rollout: String)
        /// It is taken back.
        case revoked(RevocationList.Entry)
    }

    /// The file's name.
    package var target: String
    /// The build ID.
    package var buildID: String
    /// The level that is in force; 0 for the original.
    package var level: Int
    /// The patch of that level.
    package var patch: ArtefactID?
    /// What is wanted; nil if nobody wants anything.
    package var order: Instructions.Order?
    /// What is to be done.
    package var action: Action

    /// Whether it is of the kernel, which goes over by itself and has one patch at a time.
    var isOfKernel: Bool { target == Manifest.Kernel.name }

    /// Whether a level that the host does not have is wanted, whether it may be taken or not.
    package var isNewerWanted: Bool { (order?.level ?? 0) > level }
}
