// SPDX-License-Identifier: Apache-2.0

package import HostProtocol
package import LivePatch
package import PatchCatalogue
package import ServicePolicy

/// How the host was registered.
package struct HostRegistration: Hashable, Sendable {
    /// The server's address.
    package var server: String
    /// A file of the authorities that vouch for it; nil for the system's.
    package var certificates: String?
    /// The hardware, as declared.
    package var hardware: SystemFacts.Hardware
    /// Where the installation comes from, as declared.
    package var origin: SystemFacts.InstallOrigin
    /// What the host is put under.
    package var tags: [String]
    /// Since when.
    package var since: Moment

    /// A registration.
    package init(
        server: String, certificates: String?, hardware: SystemFacts.Hardware, origin: SystemFacts.InstallOrigin,
        tags: [String], since: Moment
    ) {
        self.server = server
        self.certificates = certificates
        self.hardware = hardware
        self.origin = origin
        self.tags = tags
        self.since = since
    }
}

/// What is kept of an answer of the service.
package struct KeptAnswer: Hashable, Sendable {
    /// What the service covers.
    package var eligibility: EligibilityAnswer
    /// What opens patch data.
    package var token: String?
    /// In how many seconds to come again.
    package var nextCheckIn: Int64
    /// When it came, by the host's clock.
    package var received: Moment
    /// How many seconds the service's clock was ahead.
    package var clockDifference: Int64
}

/// A level that is in force, and is applied again when the host starts.
package struct AcceptedLevel: Hashable, Sendable {
    /// The product.
    package var product: String
    /// The distribution.
    package var distribution: String
    /// The file's name.
    package var target: String
    /// The build ID.
    package var buildID: String
    /// The level.
    package var level: Int
    /// The patch.
    package var patch: ArtefactID
    /// The rollout by which it came; nil if the administrator brought it.
    package var rollout: String?
    /// Since when.
    package var since: Moment

    /// Whether it is of the kernel: that one is loaded once and alone, and new processes have nothing to do with it.
    var isOfKernel: Bool { target == Manifest.Kernel.name }
}

/// What is being applied, written before and cleared when the host has lived on for a while.
package struct CrashMarker: Hashable, Sendable {
    /// The patches.
    package var patches: [ArtefactID]
    /// The kernel's boot ID then.
    package var bootID: String
    /// When it began.
    package var time: Moment
    /// Whether the agent was ended in an orderly way since: the host's own restart is no crash.
    package var isOrderly: Bool
}

/// Why the agent applies nothing more by itself.
package struct AgentHalt: Hashable, Sendable {
    /// Since when.
    package var since: Moment
    /// What happened.
    package var reason: String
}

/// What a repository says of a patch, kept for a host without a connection.
package struct KnownPatch: Hashable, Sendable {
    /// The patch.
    package var patch: ArtefactID
    /// What is said of it.
    package var description: PatchDescription
}

/// Something that was done.
package struct HistoryEntry: Hashable, Sendable {
    /// When.
    package var time: Moment
    /// What.
    package var kind: CheckIn.Event.Kind
    /// The patch.
    package var patch: ArtefactID?
    /// The file's name.
    package var target: String?
    /// The level.
    package var level: Int?
    /// More of it.
    package var detail: String
}
