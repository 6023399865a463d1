// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import ServicePolicy

extension Records {
    private static let rolloutColumns = """
        id, title, created, author, state, rolls_back, reason, patches, rings, ring, opened, satisfied
        """

    /// Enters a rollout, or what is new of it.
    package func put(_ rollout: RolloutRecord) throws(StoreError) {
        try execute(
            """
            INSERT INTO rollouts (\(Self.rolloutColumns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (id) DO UPDATE SET state = excluded.state, rolls_back = excluded.rolls_back,
            reason = excluded.reason, ring = excluded.ring, opened = excluded.opened, satisfied = excluded.satisfied
            """, .text(rollout.id), .text(rollout.title), .integer(rollout.created.seconds), .text(rollout.author),
            .text(rollout.state.rawValue), .integer(rollout.rollsBack ? 1 : 0), .text(rollout.reason),
            .text(Self.text(.array(rollout.patches.map(\.value)))),
            .text(Self.text(.array(rollout.rings.map(\.value)))),
            .integer(Int64(rollout.ring)), .integer(rollout.opened.seconds), .optional(rollout.satisfied?.seconds))
    }

    /// All rollouts, the newest first.
    package func rollouts() throws(StoreError) -> [RolloutRecord] {
        try rollouts("ORDER BY created DESC, id DESC", [])
    }

    /// All rollouts, by name.
    ///
    /// Of those that are known only what can change is read: patches and rings stay as they are.
    package func rollouts(knowing known: [String: RolloutRecord]) throws(StoreError) -> [String: RolloutRecord] {
        var rollouts: [String: RolloutRecord] = [:]
        var unknown: [String] = []
        for row in try query("SELECT id, state, rolls_back, reason, ring, opened, satisfied FROM rollouts") {
            let id = try row.text(0)
            guard var rollout = known[id] else {
                unknown.append(id)
                continue
            }
            rollout.state = try row.read(1, RolloutRecord.State.init(rawValue:))
            rollout.rollsBack = try row.integer(2) != 0
            rollout.reason = try row.text(3)
            rollout.ring = Int(clamping: try row.integer(4))
            rollout.opened = Moment(seconds: try row.integer(5))
            rollout.satisfied = try row.optionalInteger(6).map { Moment(seconds: $0) }
            guard rollout.rings.indices.contains(rollout.ring) else { throw .damaged(column: 4) }
            rollouts[id] = rollout
        }
        for row in try query("SELECT \(Self.rolloutColumns) FROM rollouts WHERE id IN (…)", in: unknown) {
            let rollout = try Self.rollout(row)
            rollouts[rollout.id] = rollout
        }
        return rollouts
    }

    /// A rollout.
    package func rollout(_ id: String) throws(StoreError) -> RolloutRecord? {
        try rollouts("WHERE id = ?", [.text(id)]).first
    }

    /// Rollouts, held until the transaction ends: what is decided of them then is decided by nobody else.
    package func rollouts(locking ids: [String]) throws(StoreError) -> [RolloutRecord] {
        var rollouts: [RolloutRecord] = []
        let sql = "SELECT \(Self.rolloutColumns) FROM rollouts WHERE id IN (…) ORDER BY id"
        for row in try query(sql + connection.lockingClause, in: ids.sorted()) {
            rollouts.append(try Self.rollout(row))
        }
        return rollouts
    }

    /// Notes what happened to a rollout, which the transaction holds.
    package func add(_ step: RolloutStep, to rollout: String) throws(StoreError) {
        try execute(
            """
            INSERT INTO rollout_steps (rollout, number, time, kind, ring, actor, detail)
            SELECT CAST(? AS TEXT), COALESCE(MAX(number), 0) + 1, CAST(? AS BIGINT), CAST(? AS TEXT),
            CAST(? AS BIGINT), CAST(? AS TEXT), CAST(? AS TEXT) FROM rollout_steps WHERE rollout = ?
            """, .text(rollout), .integer(step.time.seconds), .text(step.kind.rawValue), .integer(Int64(step.ring)),
            .text(step.actor), .text(step.detail), .text(rollout))
    }

    /// What happened to a rollout, in its order.
    package func steps(of rollout: String) throws(StoreError) -> [RolloutStep] {
        var steps: [RolloutStep] = []
        let rows = try query(
            "SELECT time, kind, ring, actor, detail FROM rollout_steps WHERE rollout = ? ORDER BY number",
            .text(rollout))
        for row in rows {
            steps.append(
                RolloutStep(
                    try row.read(1, RolloutStep.Kind.init(rawValue:)), ring: Int(clamping: try row.integer(2)),
                    by: try row.text(3), at: Moment(seconds: try row.integer(0)), detail: try row.text(4)))
        }
        return steps
    }

    private func rollouts(_ rest: String, _ arguments: [SQLValue]) throws(StoreError) -> [RolloutRecord] {
        var rollouts: [RolloutRecord] = []
        for row in try connection.query("SELECT \(Self.rolloutColumns) FROM rollouts \(rest)", arguments) {
            rollouts.append(try Self.rollout(row))
        }
        return rollouts
    }

    private static func rollout(_ row: SQLRow) throws(StoreError) -> RolloutRecord {
        var rollout = RolloutRecord(
            id: try row.text(0), title: try row.text(1),
            patches: try row.read(7) { list($0, RolloutRecord.Patch.init) },
            rings: try row.read(8) { list($0, Ring.init) }, by: try row.text(3),
            at: Moment(seconds: try row.integer(2)))
        rollout.state = try row.read(4, RolloutRecord.State.init(rawValue:))
        rollout.rollsBack = try row.integer(5) != 0
        rollout.reason = try row.text(6)
        rollout.ring = Int(clamping: try row.integer(9))
        rollout.opened = Moment(seconds: try row.integer(10))
        rollout.satisfied = try row.optionalInteger(11).map { Moment(seconds: $0) }
        guard rollout.rings.indices.contains(rollout.ring) else { throw .damaged(column: 9) }
        return rollout
    }

    private static func text(_ value: JSONValue) -> String { String(decoding: value.compactText, as: UTF8.self) }

    private static func list<Element>(_ text: String, _ read: (JSONValue) -> Element?) -> [Element]? {
        guard case .array(let values)? = try? JSONValue(parsing: Array(text.utf8)) else { return nil }
        let elements = values.compactMap(read)
        return elements.count == values.count ? elements : nil
    }
}
