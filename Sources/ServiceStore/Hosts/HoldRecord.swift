// SPDX-License-Identifier: Apache-2.0

package import HostProtocol
package import ServicePolicy

/// What an operator holds back.
package struct HoldRecord: Hashable, Sendable {
    /// Whom it is for.
    package enum Scope: Hashable, Sendable {
        /// One host.
        case host(HostID)
        /// All hosts of a group.
        case group(String)
    }

    /// Its name.
    package var id: String
    /// Whom it is for.
    package var scope: Scope
    /// The build that is held; nil for all.
    package var buildID: String?
    /// The product that is held; nil for all.
    package var product: String?
    /// The highest level to give; nil for the one that a host has.
    package var level: Int?
    /// Since when.
    package var since: Moment
    /// Why, for people.
    package var reason: String
    /// Who ordered it.
    package var author: String

    /// A hold.
    package init(
        id: String, _ scope: Scope, buildID: String?, product: String?, level: Int?, since: Moment, reason: String,
        author: String
    ) {
        self.id = id
        self.scope = scope
        self.buildID = buildID
        self.product = product
        self.level = level
        self.since = since
        self.reason = reason
        self.author = author
    }
}

/// When hosts of a group may take new patches: the same hours each week.
package struct GroupWindow: Hashable, Sendable {
    /// Its name.
    package var id: String
    /// The group.
    package var group: String
    /// The days on which it begins, 1 for Monday to 7 for Sunday (ISO 8601).
    package var weekdays: [Int]
    /// When it begins, in minutes after midnight of the group's clock.
    package var starts: Int
    /// How long it is.
    package var minutes: Int
    /// How far the group's clock is ahead of UTC, in minutes; summer time is not known.
    package var utcOffset: Int

    /// A window.
    package init(id: String, group: String, weekdays: [Int], starts: Int, minutes: Int, utcOffset: Int) {
        self.id = id
        self.group = group
        self.weekdays = weekdays
        self.starts = starts
        self.minutes = minutes
        self.utcOffset = utcOffset
    }
}

extension Records {
    /// Holds back.
    package func add(_ hold: HoldRecord) throws(StoreError) {
        let (host, group): (String?, String?) =
            switch hold.scope {
            case .host(let host): (host.text, nil)
            case .group(let group): (nil, group)
            }
        try execute(
            """
            INSERT INTO holds (id, host, host_group, build_id, product, level, since, reason, author)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, .text(hold.id), .optional(host), .optional(group), .optional(hold.buildID), .optional(hold.product),
            .optional(hold.level.map { Int64($0) }), .integer(hold.since.seconds), .text(hold.reason),
            .text(hold.author))
    }

    /// Lets go.
    ///
    /// - Throws: `StoreError.noSuch`.
    package func removeHold(_ id: String) throws(StoreError) {
        guard try execute("DELETE FROM holds WHERE id = ?", .text(id)) == 1 else { throw .noSuch(.hold, id) }
    }

    /// All that is held, the oldest first.
    package func holds() throws(StoreError) -> [HoldRecord] {
        let rows = try query(
            """
            SELECT id, host, host_group, build_id, product, level, since, reason, author FROM holds ORDER BY since, id
            """)
        var holds: [HoldRecord] = []
        for row in rows {
            let host = try row.optionalText(1).flatMap(HostID.init)
            let scope: HoldRecord.Scope
            if let host { scope = .host(host) } else { scope = .group(try row.text(2)) }
            holds.append(
                HoldRecord(
                    id: try row.text(0), scope,
                    buildID: try row.optionalText(3), product: try row.optionalText(4),
                    level: try row.optionalInteger(5).map { Int(clamping: $0) },
                    since: Moment(seconds: try row.integer(6)), reason: try row.text(7), author: try row.text(8)))
        }
        return holds
    }

    /// Gives a group a window; a group without any may take patches at all times.
    package func add(_ window: GroupWindow) throws(StoreError) {
        try execute(
            """
            INSERT INTO group_windows (id, host_group, weekdays, starts, minutes, utc_offset) VALUES (?, ?, ?, ?, ?, ?)
            """, .text(window.id), .text(window.group), .text(Words.column(window.weekdays.map { "\($0)" })),
            .integer(Int64(window.starts)), .integer(Int64(window.minutes)), .integer(Int64(window.utcOffset)))
    }

    /// Takes a window away.
    ///
    /// - Throws: `StoreError.noSuch`.
    package func removeGroupWindow(_ id: String) throws(StoreError) {
        guard try execute("DELETE FROM group_windows WHERE id = ?", .text(id)) == 1 else {
            throw .noSuch(.window, id)
        }
    }

    /// The windows of all groups.
    package func groupWindows() throws(StoreError) -> [GroupWindow] {
        var windows: [GroupWindow] = []
        let rows = try query(
            "SELECT id, host_group, weekdays, starts, minutes, utc_offset FROM group_windows ORDER BY host_group, id")
        for row in rows {
            windows.append(
                GroupWindow(
                    id: try row.text(0), group: try row.text(1),
                    weekdays: Words.words(of: try row.text(2)).compactMap { Int($0) },
                    starts: Int(clamping: try row.integer(3)), minutes: Int(clamping: try row.integer(4)),
                    utcOffset: Int(clamping: try row.integer(5))))
        }
        return windows
    }
}
