// SPDX-License-Identifier: Apache-2.0

package import HostProtocol
package import ServicePolicy

extension Records {
    /// The grants of hosts.
    package func grants(of hosts: [HostID]) throws(StoreError) -> [HostID: [Grant]] {
        var grants: [HostID: [Grant]] = [:]
        for row in try query("SELECT \(Grant.columns) FROM grants WHERE host IN (…)", in: hosts.map(\.text)) {
            let grant = try Grant(row)
            grants[grant.host, default: []].append(grant)
        }
        return grants
    }

    /// The grants of a rollout, the newest first.
    ///
    /// - Parameters:
    ///   - rollout: the rollout.
    ///   - outcome: only those with that outcome; nil for all.
    ///   - page: the part of them.
    /// - Returns: The grants of the page.
    /// - Throws: `StoreError`.
    package func grants(
        ofRollout rollout: String, outcome: Grant.Outcome? = nil, page: Page = Page()
    ) throws(StoreError) -> [Grant] {
        let condition = outcome == nil ? "" : "AND outcome = ?"
        let rows = try connection.query(
            """
            SELECT \(Grant.columns) FROM grants WHERE rollout = ? \(condition) ORDER BY granted DESC, host
            LIMIT ? OFFSET ?
            """,
            [.text(rollout)] + (outcome.map { [.text($0.rawValue)] } ?? [])
                + [.integer(Int64(page.limit)), .integer(Int64(page.offset))])
        var grants: [Grant] = []
        for row in rows { grants.append(try Grant(row)) }
        return grants
    }

    /// Enters grants, or what is new of them, each once.
    package func put(_ grants: [Grant]) throws(StoreError) {
        try insert(
            "INSERT INTO grants (\(Grant.columns))",
            grants.map { grant in
                [
                    .text(grant.rollout), .text(grant.host.text), .integer(Int64(grant.ring)),
                    .integer(grant.isCanary ? 1 : 0), .integer(grant.granted.seconds), .text(grant.outcome.rawValue),
                    .optional(grant.decided?.seconds), .text(grant.detail),
                ]
            },
            """
            ON CONFLICT (rollout, host) DO UPDATE SET ring = excluded.ring, is_canary = excluded.is_canary,
            granted = excluded.granted, outcome = excluded.outcome, decided = excluded.decided, detail = excluded.detail
            """)
    }

    /// The grants of a rollout in numbers.
    package func tally(ofRollout rollout: String) throws(StoreError) -> Tally {
        var counts: [Int: [Grant.Outcome: Int]] = [:]
        let rows = try query(
            "SELECT ring, outcome, COUNT(*) FROM grants WHERE rollout = ? GROUP BY ring, outcome", .text(rollout))
        for row in rows {
            let outcome = try row.read(1, Grant.Outcome.init(rawValue:))
            counts[Int(clamping: try row.integer(0)), default: [:]][outcome] = Int(try row.integer(2))
        }
        return Tally(counts)
    }

    /// How many grants of a rollout came to which end in each minute, for a chart.
    package func course(ofRollout rollout: String) throws(StoreError) -> [CoursePoint] {
        var points: [CoursePoint] = []
        let rows = try query(
            """
            SELECT (COALESCE(decided, granted) / 60) * 60 AS minute, outcome, COUNT(*) FROM grants WHERE rollout = ?
            GROUP BY (COALESCE(decided, granted) / 60) * 60, outcome ORDER BY 1, 2
            """, .text(rollout))
        for row in rows {
            points.append(
                CoursePoint(
                    minute: Moment(seconds: try row.integer(0)),
                    outcome: try row.read(1, Grant.Outcome.init(rawValue:)), count: Int(try row.integer(2))))
        }
        return points
    }

    /// Counts hosts of a ring as failed that have said nothing for too long: those whose grant is open, and, where it is
    /// asked for, those that had the patches in force and were not heard since.
    ///
    /// - Parameters:
    ///   - rollout: the rollout, which the transaction holds.
    ///   - ring: the place of the ring.
    ///   - moment: whoever was granted before it and has said nothing since then.
    ///   - isBaking: whether hosts that succeeded are asked as well.
    ///   - now: the time of the decision.
    /// - Returns: How many there are.
    /// - Throws: `StoreError`.
    package func noteSilence(
        ofRollout rollout: String, ring: Int, since moment: Moment, isBaking: Bool, at now: Moment
    ) throws(StoreError) -> Int {
        let open = try execute(
            """
            UPDATE grants SET outcome = 'silent', decided = ?
            WHERE rollout = ? AND ring = ? AND outcome = 'pending' AND granted < ?
            """, .integer(now.seconds), .text(rollout), .integer(Int64(ring)), .integer(moment.seconds))
        guard isBaking else { return open }
        return open
            + (try execute(
                """
                UPDATE grants SET outcome = 'silent', decided = ?
                WHERE rollout = ? AND ring = ? AND outcome = 'succeeded' AND granted < ?
                AND host IN (SELECT host FROM host_states WHERE seen < ?)
                """, .integer(now.seconds), .text(rollout), .integer(Int64(ring)), .integer(moment.seconds),
                .integer(moment.seconds)))
    }

    /// Opens grants again that failed, when a rollout goes on.
    package func reopenGrants(ofRollout rollout: String, at now: Moment) throws(StoreError) {
        try execute(
            """
            UPDATE grants SET outcome = 'pending', granted = ?, decided = NULL
            WHERE rollout = ? AND outcome IN ('failed', 'silent')
            """, .integer(now.seconds), .text(rollout))
    }

    /// A host leaves the service: it counts in no rollout any more.
    package func endGrants(of host: HostID, at now: Moment) throws(StoreError) {
        try execute(
            "UPDATE grants SET outcome = 'gone', decided = ? WHERE host = ? AND outcome <> 'gone'",
            .integer(now.seconds), .text(host.text))
    }
}
