// SPDX-License-Identifier: Apache-2.0

package import HostProtocol
package import LivePatch
package import PatchCatalogue
package import ServicePolicy
internal import UpdateFramework

/// All that a decision needs to know; nothing here asks a clock, a file or a network.
package struct Situation: Sendable {
    /// Where it is written that nothing is to be done.
    package enum Switch: Hashable, Sendable {
        /// The file of the administrator.
        case file(String)
        /// `kaketsugi=off` on the kernel's command line.
        case kernelCommandLine
    }

    /// The moment, never before the clock's floor.
    package var now: Moment
    /// Where it is written that nothing is to be done; nil if it is not.
    package var off: Switch?
    /// Why the agent has stopped by itself.
    package var halt: AgentHalt?
    /// The lease; nil for none.
    package var lease: HostLease?
    /// What stands in for the director.
    package var director: Director
    /// The list of revocations; nil if there has never been one.
    package var revocations: RevocationList?
    /// What the administrator holds back.
    package var holds: [CheckIn.Hold]
    /// Patches after which the host went down.
    package var suspects: Set<ArtefactID>
    /// The levels that the host has.
    package var accepted: [AcceptedLevel]
    /// What processes use, and have.
    package var targets: [CheckIn.Target]

    /// Who says which level a build is to have.
    package enum Director: Sendable {
        /// The service's director.
        case service(Instructions?)
        /// The administrator, who has brought a medium and said so: the orders are the highest levels on it.
        case administrator([Instructions.Order])
    }

    /// A situation.
    package init(
        now: Moment, off: Switch? = nil, halt: AgentHalt? = nil, lease: HostLease?, director: Director,
        revocations: RevocationList?, holds: [CheckIn.Hold] = [], suspects: Set<ArtefactID> = [],
        accepted: [AcceptedLevel] = [], targets: [CheckIn.Target]
    ) {
        self.now = now
        self.off = off
        self.halt = halt
        self.lease = lease
        self.director = director
        self.revocations = revocations
        self.holds = holds
        self.suspects = suspects
        self.accepted = accepted
        self.targets = targets
    }
}
