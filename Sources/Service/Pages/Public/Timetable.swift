// SPDX-License-Identifier: Apache-2.0

internal import CivilTime
internal import ServicePolicy
internal import ServiceStore

/// When the service is, or was, not there, as the records have it.
struct Timetable: Sendable {
    let store: ServiceStore

    /// What was announced and ends after a moment, the latest first.
    func windows(since moment: Moment) async throws -> [MaintenanceRecord] {
        try await store.read { try $0.maintenance(endingAfter: moment) }.reversed()
    }

    /// All designated days, in their order.
    func designatedDays() async throws -> [DesignatedDay] { try await store.read { try $0.designatedDays() } }

    /// When the service was there for the first time; nil if it never was.
    func began() async throws -> Moment? { try await store.read { try Heartbeat.began(in: $0) } }

    /// When no process of the service was there.
    func outages(since moment: Moment) async throws -> [Range<Moment>] {
        try await store.read { try Heartbeat.outages(in: $0) }.filter { $0.upperBound > moment }
    }
}
