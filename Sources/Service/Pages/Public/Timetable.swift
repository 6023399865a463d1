// SPDX-License-Identifier: Apache-2.0

internal import CivilTime
internal import ServicePolicy

/// A maintenance window with what is said of it.
struct AnnouncedWindow: Hashable, Sendable {
    var id: String
    var window: MaintenanceWindow
    var text: PolicyText
}

/// A day on which the service need not be there (LP-3.2-4).
struct DesignatedDay: Hashable, Sendable {
    var day: CalendarDay
    var note: String
}

/// When the service is, or was, not there.
protocol Timetable: Sendable {
    /// The windows that end after a moment, the latest first.
    func windows(since moment: Moment) async throws -> [AnnouncedWindow]
    /// All designated days, in their order.
    func designatedDays() async throws -> [DesignatedDay]
    /// When the service was not there although it should have been.
    func outages(since moment: Moment) async throws -> [Range<Moment>]
}
