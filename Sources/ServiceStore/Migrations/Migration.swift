// SPDX-License-Identifier: Apache-2.0

/// A named change of the tables.
///
/// What is here stays as it is for ever; further changes are added after it.
struct Migration: Sendable {
    /// The name.
    var name: String
    /// The statements, which both databases understand.
    var statements: [String]

    /// All of them, in their order.
    static let all: [Migration] = [.beginning, .rooms]

    /// Makes those changes that a database does not have yet.
    ///
    /// Several processes may start at once: the first makes the changes, and the others wait and find them done.
    ///
    /// - Throws: `StoreError.laterVersion` for a database that a later program has changed.
    static func bring(_ connection: any SQLConnection, to migrations: [Migration]) throws(StoreError) {
        if !connection.lockingClause.isEmpty {
            // Two processes that make one table at once would both fail; any number does that means this.
            _ = try connection.query("SELECT CAST(pg_advisory_xact_lock(5428190266) AS TEXT)", [])
        }
        try connection.execute(
            "CREATE TABLE IF NOT EXISTS migrations (name TEXT NOT NULL PRIMARY KEY, number BIGINT NOT NULL)", [])
        var done: [String] = []
        for row in try connection.query("SELECT name FROM migrations ORDER BY number", []) {
            done.append(try row.text(0))
        }
        for (place, name) in done.enumerated() {
            guard migrations.indices.contains(place), migrations[place].name == name else {
                throw .laterVersion(migration: name)
            }
        }
        for (place, migration) in migrations.enumerated().dropFirst(done.count) {
            for statement in migration.statements { try connection.execute(statement, []) }
            try connection.execute(
                "INSERT INTO migrations (name, number) VALUES (?, ?)",
                [.text(migration.name), .integer(Int64(place))])
        }
    }
}
