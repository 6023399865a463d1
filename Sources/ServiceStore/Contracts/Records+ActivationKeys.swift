// SPDX-License-Identifier: Apache-2.0

package import ServicePolicy

extension Records {
    /// Enters a key.
    ///
    /// - Throws: `StoreError.noSuch` if there is no such contract.
    package func add(_ key: ActivationKey) throws(StoreError) {
        guard try contract(key.contract) != nil else { throw .noSuch(.contract, key.contract) }
        try execute(
            "INSERT INTO activation_keys (\(ActivationKey.columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            .text(key.id), .text(key.hash), .text(key.contract), .optional(key.limit.map { Int64($0) }),
            .optional(key.expires?.seconds), .text(key.group), .text(Words.column(key.products)), .text(key.note),
            .integer(key.created.seconds), .optional(key.revoked?.seconds))
    }

    /// All keys, the newest first.
    package func activationKeys() throws(StoreError) -> [ActivationKey] {
        try read("SELECT \(ActivationKey.columns) FROM activation_keys ORDER BY created DESC, id")
    }

    /// A key by what people call it.
    package func activationKey(_ id: String) throws(StoreError) -> ActivationKey? { try activationKeys([id])[id] }

    /// Keys by what people call them.
    package func activationKeys(_ ids: [String]) throws(StoreError) -> [String: ActivationKey] {
        var keys: [String: ActivationKey] = [:]
        for row in try query("SELECT \(ActivationKey.columns) FROM activation_keys WHERE id IN (…)", in: ids) {
            let key = try ActivationKey(row)
            keys[key.id] = key
        }
        return keys
    }

    /// A key by itself, held until the transaction ends so that its limit is not passed by two at once.
    package func activationKey(locking secret: ActivationKeySecret) throws(StoreError) -> ActivationKey? {
        try first(
            "SELECT \(ActivationKey.columns) FROM activation_keys WHERE hash = ?\(connection.lockingClause)",
            .text(secret.hash)
        ).map { (row) throws(StoreError) in try ActivationKey(row) }
    }

    /// Takes room for one more host of a key, if there is any.
    ///
    /// A key never has more hosts than have come by it since they were last counted: only one whose limit that reaches is
    /// counted again, so that a registration takes as long among a hundred thousand hosts as among ten.
    ///
    /// - Parameters:
    ///   - key: the key, held by this transaction.
    ///   - moment: hosts that were not there since then leave their room to others.
    /// - Returns: Whether there was room.
    /// - Throws: `StoreError`.
    package func takeRoom(of key: ActivationKey, countingSince moment: Moment) throws(StoreError) -> Bool {
        if let limit = key.limit,
            try count("SELECT entered FROM activation_keys WHERE id = ?", .text(key.id)) >= limit
        {
            guard try hostCount(of: key.id, seenSince: moment) < limit else { return false }
            try execute(
                """
                UPDATE activation_keys SET entered =
                (SELECT COUNT(*) FROM hosts WHERE activation_key = ? AND state <> 'retired') WHERE id = ?
                """, .text(key.id), .text(key.id))
        }
        try execute("UPDATE activation_keys SET entered = entered + 1 WHERE id = ?", .text(key.id))
        return true
    }

    /// How many hosts a key has: those that are not retired, and were there since a moment.
    package func hostCount(of key: String, seenSince moment: Moment) throws(StoreError) -> Int {
        try count(
            """
            SELECT COUNT(*) FROM hosts JOIN host_states ON host_states.host = hosts.id
            WHERE activation_key = ? AND state <> 'retired' AND seen >= ?
            """, .text(key), .integer(moment.seconds))
    }

    /// How many hosts each key has that are not retired.
    package func hostCounts() throws(StoreError) -> [String: Int] {
        var counts: [String: Int] = [:]
        let rows = try query(
            "SELECT activation_key, COUNT(*) FROM hosts WHERE state <> 'retired' GROUP BY activation_key")
        for row in rows { counts[try row.text(0)] = Int(try row.integer(1)) }
        return counts
    }

    /// Revokes a key: it opens nothing any more, and its hosts get no new lease.
    ///
    /// - Throws: `StoreError.noSuch`.
    package func revokeActivationKey(_ id: String, at now: Moment) throws(StoreError) {
        let changed = try execute(
            "UPDATE activation_keys SET revoked = COALESCE(revoked, ?) WHERE id = ?", .integer(now.seconds), .text(id))
        guard changed == 1 else { throw .noSuch(.activationKey, id) }
    }

    private func read(_ sql: String) throws(StoreError) -> [ActivationKey] {
        var keys: [ActivationKey] = []
        for row in try query(sql) { keys.append(try ActivationKey(row)) }
        return keys
    }
}
