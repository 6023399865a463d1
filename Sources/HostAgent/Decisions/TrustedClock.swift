// SPDX-License-Identifier: Apache-2.0

package import ServicePolicy

/// The host's clock, held above what is known to be over.
///
/// Metadata that has expired is refused, so whoever sets a host's clock back could offer old metadata again. The floor is
/// the day of this release, and the last moment at which the repository was fresh. It never rises above the host's own
/// clock: a service whose clock is wrong cannot make the host refuse everything.
package struct TrustedClock: Hashable, Sendable {
    /// What to reckon with.
    package let now: Moment
    /// How many seconds the clock is behind the floor; 0 if it is not.
    package let secondsBehind: Int64

    /// The day of this release: 2026-11-01.
    package static let release = Moment(seconds: 1_793_491_200)

    /// The moment by the system's clock and what was kept.
    package init(system: Moment, floor: Moment?) {
        let floor = max(floor ?? Self.release, Self.release)
        now = max(system, floor)
        secondsBehind = max(0, floor.seconds(since: system))
    }
}
