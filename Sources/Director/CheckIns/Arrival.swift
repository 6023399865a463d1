// SPDX-License-Identifier: Apache-2.0

internal import HostProtocol
internal import PatchCatalogue
internal import ServicePolicy

/// A check-in that waits for its transaction.
struct Arrival: Sendable {
    var host: HostID
    var checkIn: CheckIn
    /// The digest of the message.
    var digest: String
    var time: Moment
    /// What was published when it came.
    var catalogue: PublishedCatalogue
}

/// What was decided of a check-in, and is written down; it is signed afterwards.
struct Decision: Hashable, Sendable {
    var entitlement: Entitlement
    var instructions: Instructions
    var nextCheckIn: Int64
    var eventsKept: Int64
}

/// What comes of a check-in.
enum Verdict: Hashable, Sendable {
    case decided(Decision)
    case refused(ServiceRefusal)
    /// Another machine has the same key.
    case copied
}
