// SPDX-License-Identifier: Apache-2.0

package import HostProtocol
package import ServicePolicy

/// What is known of a host.
package struct HostRecord: Hashable, Sendable {
    /// How the service stands to a host.
    package enum State: String, CaseIterable, Hashable, Sendable {
        /// It gets patches.
        case active
        /// It is heard, and gets no new patches until an operator has looked at it.
        case quarantined
        /// It is off the service.
        case retired
    }

    /// Its name.
    package var id: HostID
    /// Its public key, as digits.
    package var publicKey: String
    /// The activation key by which it came.
    package var activationKey: String
    /// The contract of that key.
    package var contract: String
    /// Its group.
    package var group: String
    /// How the service stands to it.
    package var state: State
    /// When it registered.
    package var registered: Moment
    /// From where it registered.
    package var address: String
    /// The host that it was a copy of.
    package var replaces: HostID?
    /// Which ticket opened its registration, as a hash.
    package var ticket: String?
    /// When another machine last came with its key.
    package var copied: Moment?
    /// What it says of itself.
    package var facts: HostFacts
    /// The targets that its processes use.
    package var targets: [CheckIn.Target]
    /// What its administrator holds back.
    package var holds: [CheckIn.Hold]
    /// Since when it applies nothing, after failures; nil if it does.
    package var halted: Moment?
    /// What the service covers of it.
    package var eligibility: EligibilityAnswer
    /// What each check-in changes.
    package var progress: HostProgress

    /// A host that registers now.
    package init(
        _ id: HostID, publicKey: HostPublicKey, activationKey: ActivationKey, facts: HostFacts,
        eligibility: EligibilityAnswer, from address: String, at now: Moment
    ) {
        self.id = id
        self.publicKey = publicKey.text
        self.activationKey = activationKey.id
        contract = activationKey.contract
        group = activationKey.group
        state = .active
        registered = now
        self.address = address
        self.facts = facts
        targets = []
        holds = []
        self.eligibility = eligibility
        progress = HostProgress(counter: 0, digest: "", boots: [], seen: now, eventsKept: 0)
    }
}

/// How far a host has come; what a check-in always changes.
package struct HostProgress: Hashable, Sendable {
    /// The number of its last check-in; 0 before the first.
    package var counter: Int64
    /// SHA-256 of that message, which tells a repeated one from another of the same number.
    package var digest: String
    /// The last boots of its machine, the newest last.
    package var boots: [String]
    /// When it was last heard.
    package var seen: Moment
    /// The number up to which its events are kept here.
    package var eventsKept: Int64

    /// How far a host has come.
    package init(counter: Int64, digest: String, boots: [String], seen: Moment, eventsKept: Int64) {
        self.counter = counter
        self.digest = digest
        self.boots = boots
        self.seen = seen
        self.eventsKept = eventsKept
    }
}

/// An event of a host, as it is kept.
package struct HostEventRecord: Hashable, Sendable {
    /// The host.
    package var host: HostID
    /// The event.
    package var event: CheckIn.Event
    /// When the service heard of it.
    package var received: Moment

    /// An event.
    package init(host: HostID, event: CheckIn.Event, received: Moment) {
        self.host = host
        self.event = event
        self.received = received
    }
}
