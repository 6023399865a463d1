// SPDX-License-Identifier: Apache-2.0

package import HostProtocol
package import ServicePolicy

/// That a host may have the patches of a rollout, and what became of it.
package struct Grant: Hashable, Sendable {
    /// What became of a grant.
    package enum Outcome: String, CaseIterable, Hashable, Sendable {
        /// Nothing is known yet.
        case pending
        /// The patches are in force.
        case succeeded
        /// They could not be applied, or the host went down with them.
        case failed
        /// The host has said nothing for too long.
        case silent
        /// The host left the service, or uses nothing of it any more.
        case gone
    }

    /// The rollout.
    package var rollout: String
    /// The host.
    package var host: HostID
    /// The ring that it came with.
    package var ring: Int
    /// Whether it tries for all others.
    package var isCanary: Bool
    /// When it was granted.
    package var granted: Moment
    /// What became of it.
    package var outcome: Outcome
    /// Since when that is known.
    package var decided: Moment?
    /// More of it, for people.
    package var detail: String

    /// A grant.
    package init(rollout: String, host: HostID, ring: Int, isCanary: Bool, granted: Moment) {
        self.rollout = rollout
        self.host = host
        self.ring = ring
        self.isCanary = isCanary
        self.granted = granted
        outcome = .pending
        detail = ""
    }

    static let columns = "rollout, host, ring, is_canary, granted, outcome, decided, detail"

    /// Reads a row of ``columns``.
    init(_ row: SQLRow) throws(StoreError) {
        rollout = try row.text(0)
        host = try row.read(1, HostID.init)
        ring = Int(clamping: try row.integer(2))
        isCanary = try row.integer(3) != 0
        granted = Moment(seconds: try row.integer(4))
        outcome = try row.read(5, Outcome.init(rawValue:))
        decided = try row.optionalInteger(6).map { Moment(seconds: $0) }
        detail = try row.text(7)
    }
}

/// The grants of a rollout in numbers, ring by ring.
package struct Tally: Hashable, Sendable {
    /// How many grants of a ring have which outcome.
    package var counts: [Int: [Grant.Outcome: Int]]

    /// A tally.
    package init(_ counts: [Int: [Grant.Outcome: Int]] = [:]) { self.counts = counts }

    /// How many of a ring have one of some outcomes.
    package func count(_ outcomes: Grant.Outcome..., ring: Int) -> Int {
        outcomes.reduce(0) { $0 + (counts[ring]?[$1] ?? 0) }
    }

    /// How many of a ring count: all but those that are gone.
    package func granted(ring: Int) -> Int { count(.pending, .succeeded, .failed, .silent, ring: ring) }
}

/// How many grants came to an end in a minute.
package struct CoursePoint: Hashable, Sendable {
    /// The beginning of the minute.
    package var minute: Moment
    /// The end; for `pending`, it is when they were granted.
    package var outcome: Grant.Outcome
    /// How many.
    package var count: Int
}

/// Something that happened to a rollout.
package struct RolloutStep: Hashable, Sendable {
    /// What happened.
    package enum Kind: String, CaseIterable, Hashable, Sendable {
        /// It was begun.
        case begun
        /// The next ring was opened.
        case opened
        /// It was halted.
        case halted
        /// It goes on.
        case resumed
        /// All rings are open.
        case finished
    }

    /// When it was.
    package var time: Moment
    /// What happened.
    package var kind: Kind
    /// The ring that was the last open one then.
    package var ring: Int
    /// Who did it; `director` where nobody did.
    package var actor: String
    /// More of it, for people.
    package var detail: String

    /// A step.
    package init(_ kind: Kind, ring: Int, by actor: String, at time: Moment, detail: String = "") {
        self.time = time
        self.kind = kind
        self.ring = ring
        self.actor = actor
        self.detail = detail
    }
}
