// SPDX-License-Identifier: Apache-2.0

package import CivilTime

/// The year for which a right of use, or technical support, is valid (LP-3.2-3): whole days in Asia/Tokyo.
package struct EntitlementTerm: Hashable, Sendable, Codable {
    /// The first day.
    package var validFrom: CalendarDay
    /// The last day; the right holds until its end.
    package var validTo: CalendarDay

    /// The year that begins on a day: one calendar year less a day.
    ///
    /// One from 29 February ends on 28 February.
    package init(from day: CalendarDay) {
        validFrom = day
        validTo = day.lastDayOfYear
    }

    /// The year after this one, without a gap.
    package var renewed: EntitlementTerm { EntitlementTerm(from: validTo.adding(days: 1)) }

    /// The moment from which on the right no longer holds.
    package var end: Moment { Moment(startOf: validTo.adding(days: 1)) }

    /// Whether the right holds at a moment.
    package func isValid(at moment: Moment) -> Bool { moment >= Moment(startOf: validFrom) && moment < end }
}

/// Until when a host may take patches without asking again.
package struct LeasePolicy: Hashable, Sendable, Codable {
    /// Days of a lease.
    package var days: Int64 = 30
    /// Days after it in which a host that cannot reach the service goes on.
    package var graceDays: Int64 = 14

    /// The usual one.
    package init() {}

    /// The lease that is given at a moment; nil when the term is over or has not begun.
    package func lease(at moment: Moment, of term: EntitlementTerm) -> Lease? {
        guard term.isValid(at: moment) else { return nil }
        let expires = min(moment.adding(days: days), term.end)
        return Lease(issued: moment, expires: expires, graceEnds: expires.adding(days: graceDays))
    }
}

/// What a host is told, and keeps.
package struct Lease: Hashable, Sendable, Codable {
    /// When it was given.
    package var issued: Moment
    /// When it should have been renewed.
    package var expires: Moment
    /// From when on the host takes no new patches.
    package var graceEnds: Moment

    /// A lease.
    package init(issued: Moment, expires: Moment, graceEnds: Moment) {
        self.issued = issued
        self.expires = expires
        self.graceEnds = graceEnds
    }

    /// How it stands at a moment.
    package enum State: Hashable, Sendable {
        /// Not yet: the clock is behind the one that gave it.
        case early
        /// It holds.
        case valid
        /// It should have been renewed, and still holds.
        case grace
        /// It holds no more: patches that are applied stay, new ones are not taken.
        case lapsed
    }

    /// How the lease stands at a moment.
    package func state(at moment: Moment) -> State {
        if moment < issued { return .early }
        if moment < expires { return .valid }
        return moment < graceEnds ? .grace : .lapsed
    }

    /// Whether new patches may be taken; those that are applied stay in any case.
    package func allowsNewPatches(at moment: Moment) -> Bool {
        switch state(at: moment) {
        case .valid, .grace: true
        case .early, .lapsed: false
        }
    }
}
