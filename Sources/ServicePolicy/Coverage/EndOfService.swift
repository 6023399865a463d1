// SPDX-License-Identifier: Apache-2.0

package import CivilTime

/// The notices of the end of the service for a system (LP-5).
package struct EndOfServiceNotices: Hashable, Sendable {
    /// How many days before the end notice is given.
    package var daysBefore = [180, 90, 30]

    /// The usual ones.
    package init() {}

    /// A notice.
    package struct Notice: Hashable, Sendable {
        /// The system.
        package var system: String
        /// The last day of the service.
        package var end: CalendarDay
        /// How many days before that it is given.
        package var daysBefore: Int
        /// The day on which it is to be given.
        package var day: CalendarDay
        /// What it says.
        package var text: PolicyText
    }

    /// All notices of a policy, in the order of their days.
    package func notices(of policy: CoveragePolicy) -> [Notice] {
        policy.rows.flatMap { row -> [Notice] in
            guard let end = row.endOfService else { return [] }
            return daysBefore.map { days in
                Notice(
                    system: row.title, end: end, daysBefore: days, day: end.adding(days: -days),
                    text: PolicyText(
                        "The service for \(row.title) ends on \(end), in \(days) days.",
                        "\(row.title) へのサービス提供は \(days) 日後の \(end) に終了します。"))
            }
        }.sorted { ($0.day, $0.system) < ($1.day, $1.system) }
    }

    /// Notices whose day has come since another day; those of a day on which nobody looked are not lost.
    package func due(of policy: CoveragePolicy, after last: CalendarDay, upTo today: CalendarDay) -> [Notice] {
        notices(of: policy).filter { $0.day > last && $0.day <= today && $0.end >= today }
    }
}
