// SPDX-License-Identifier: Apache-2.0

package import ServicePolicy

/// Some of the hosts, and how many there are.
package struct HostList: Hashable, Sendable {
    /// The hosts of the page.
    package var hosts: [HostRecord]
    /// How many the filter lets through.
    package var total: Int
}

/// How many hosts use a build at a level.
package struct BuildUse: Hashable, Sendable {
    /// The name of the file.
    package var name: String
    /// The build ID.
    package var buildID: String
    /// The level.
    package var level: Int
    /// How many hosts.
    package var hosts: Int
    /// How many processes of theirs.
    package var processes: Int
    /// How many of these have the level in force.
    package var patched: Int
}

/// The fleet in numbers.
package struct FleetSummary: Hashable, Sendable {
    /// How many hosts are in each state.
    package var states: [HostRecord.State: Int] = [:]
    /// How many there are in each group, without those that are retired.
    package var groups: [String: Int] = [:]
    /// How many there are of each system, without those that are retired.
    package var systems: [String: Int] = [:]
    /// How many were not heard since the moment that was asked for, without those that are retired.
    package var silent = 0
    /// How many have a copy.
    package var copied = 0
}

extension Records {
    /// Hosts of a page.
    package func hosts(
        _ filter: HostFilter = HostFilter(), order: HostOrder = .name, page: Page = Page()
    ) throws(StoreError) -> HostList {
        let (condition, arguments) = filter.condition
        let from = "FROM hosts JOIN host_states ON host_states.host = hosts.id WHERE \(condition)"
        var hosts: [HostRecord] = []
        let rows = try connection.query(
            "SELECT \(HostRecord.columns) \(from) ORDER BY \(order.sql) LIMIT ? OFFSET ?",
            arguments + [.integer(Int64(page.limit)), .integer(Int64(page.offset))])
        for row in rows { hosts.append(try HostRecord(row)) }
        let total = try connection.query("SELECT COUNT(*) \(from)", arguments).first?.integer(0) ?? 0
        return HostList(hosts: hosts, total: Int(total))
    }

    /// The fleet in numbers.
    ///
    /// - Parameter moment: a host that was last heard before it counts as silent.
    /// - Returns: The numbers.
    /// - Throws: `StoreError`.
    package func summary(silentSince moment: Moment) throws(StoreError) -> FleetSummary {
        var summary = FleetSummary()
        for row in try query("SELECT state, COUNT(*) FROM hosts GROUP BY state") {
            summary.states[try row.read(0, HostRecord.State.init(rawValue:))] = Int(try row.integer(1))
        }
        for row in try query("SELECT host_group, COUNT(*) FROM hosts WHERE state <> 'retired' GROUP BY host_group") {
            summary.groups[try row.text(0)] = Int(try row.integer(1))
        }
        for row in try query("SELECT system, COUNT(*) FROM hosts WHERE state <> 'retired' GROUP BY system") {
            summary.systems[try row.text(0)] = Int(try row.integer(1))
        }
        summary.silent = try count(
            """
            SELECT COUNT(*) FROM hosts JOIN host_states ON host_states.host = hosts.id
            WHERE state <> 'retired' AND seen < ?
            """, .integer(moment.seconds))
        summary.copied = try count("SELECT COUNT(*) FROM hosts WHERE copied IS NOT NULL AND state <> 'retired'")
        return summary
    }

    /// Which builds hosts use, at which levels; without hosts that are retired.
    package func buildsInUse() throws(StoreError) -> [BuildUse] {
        let rows = try query(
            """
            SELECT name, build_id, level, COUNT(*), SUM(processes), SUM(patched) FROM host_targets
            JOIN hosts ON hosts.id = host_targets.host WHERE state <> 'retired'
            GROUP BY name, build_id, level ORDER BY name, build_id, level
            """)
        var uses: [BuildUse] = []
        for row in rows {
            uses.append(
                BuildUse(
                    name: try row.text(0), buildID: try row.text(1), level: Int(clamping: try row.integer(2)),
                    hosts: Int(try row.integer(3)), processes: Int(clamping: try row.integer(4)),
                    patched: Int(clamping: try row.integer(5))))
        }
        return uses
    }
}
