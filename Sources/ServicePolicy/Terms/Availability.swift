// SPDX-License-Identifier: Apache-2.0

package import CivilTime

/// A time in which the use of the service is restricted (LP-3.2-4, ※4, ※5).
package struct MaintenanceWindow: Hashable, Sendable, Codable {
    /// Why it is.
    package enum Kind: String, Hashable, Sendable, Codable {
        /// Planned; notice is given beforehand, as a target.
        case planned
        /// Urgent; there may be no notice.
        case emergency
    }

    /// Why it is.
    package var kind: Kind
    /// When it begins.
    package var starts: Moment
    /// When it is over.
    package var ends: Moment
    /// When notice was given; nil if it was not.
    package var noticed: Moment?

    /// A window.
    package init(_ kind: Kind, from starts: Moment, to ends: Moment, noticed: Moment?) {
        self.kind = kind
        self.starts = starts
        self.ends = max(starts, ends)
        self.noticed = noticed
    }

    /// Whether it is a planned one without notice beforehand, which the status page flags.
    package var isUnannounced: Bool { kind == .planned && !(noticed.map { $0 < starts } ?? false) }
}

/// How much of the time the service was there (LP-3.2-4).
package struct Availability: Hashable, Sendable {
    /// The seconds that count: the period without designated days and maintenance.
    package let countedSeconds: Int64
    /// Those of them in which the service was not there.
    package let outageSeconds: Int64

    /// The availability of a period.
    ///
    /// - Parameters:
    ///   - period: the period.
    ///   - designated: days on which the service need not be there, in Asia/Tokyo.
    ///   - windows: maintenance; planned and urgent both do not count.
    ///   - outages: when the service was not there.
    package init(
        of period: Range<Moment>, designated: [CalendarDay], windows: [MaintenanceWindow], outages: [Range<Moment>]
    ) {
        let days = designated.map { Moment(startOf: $0)..<Moment(startOf: $0).adding(days: 1) }
        let excluded = TimeSpans(days + windows.map { $0.starts..<$0.ends })
        let counted = TimeSpans([period]).without(excluded)
        countedSeconds = counted.seconds
        outageSeconds = TimeSpans(outages).within(period).without(excluded).seconds
    }

    /// Hundred-thousandths of the counted time in which the service was there; nil if none counts.
    package var perHundredThousand: Int64? {
        guard countedSeconds > 0 else { return nil }
        let there = countedSeconds - min(outageSeconds, countedSeconds)
        let (product, overflow) = there.multipliedReportingOverflow(by: 100_000)
        // Rounded down: a target is not reached by rounding.
        return overflow ? there / (countedSeconds / 100_000) : product / countedSeconds
    }
}
