// SPDX-License-Identifier: Apache-2.0

/// The records of the service.
///
/// What ``write(_:)`` has returned from is on the disk. Several processes may use one database: each transaction sees what
/// those before it did.
package struct ServiceStore: Sendable {
    private let database: any Database

    /// Opens the records, makes them where there are none, and brings them to the form of this program.
    ///
    /// - Throws: `StoreError`.
    package init(at location: StoreLocation) async throws {
        switch location {
        case .file(let path): database = try SQLiteDatabase(path: path)
        case .postgreSQL(let uri): database = PostgreSQLDatabase(uri: uri)
        }
        try await database.write { try Migration.bring($0, to: Migration.all) }
    }

    /// Reads, all of it from one state of the records.
    ///
    /// - Throws: `StoreError`, and what the function throws.
    package func read<Value: Sendable>(
        _ body: @escaping @Sendable (Records) throws -> Value
    ) async throws -> Value {
        try await database.read { try body(Records($0)) }
    }

    /// Changes records in one transaction; if the function throws, nothing is changed.
    ///
    /// The function may be run again if others were in the way, and so it must change nothing else.
    ///
    /// - Throws: `StoreError`, and what the function throws.
    package func write<Value: Sendable>(
        _ body: @escaping @Sendable (Records) throws -> Value
    ) async throws -> Value {
        try await database.write { try body(Records($0)) }
    }

    /// Closes the connections.
    package func close() async { await database.close() }
}

/// The records as one transaction sees them; only good within it.
package struct Records {
    /// The transaction, for tests of what strangers might do to the tables.
    package let connection: any SQLConnection

    init(_ connection: any SQLConnection) { self.connection = connection }

    /// Runs a `SELECT`.
    func query(_ sql: String, _ arguments: SQLValue...) throws(StoreError) -> [SQLRow] {
        try connection.query(sql, arguments)
    }

    /// Runs a statement.
    @discardableResult
    func execute(_ sql: String, _ arguments: SQLValue...) throws(StoreError) -> Int {
        try connection.execute(sql, arguments)
    }

    /// The first row of a `SELECT`.
    func first(_ sql: String, _ arguments: SQLValue...) throws(StoreError) -> SQLRow? {
        try connection.query(sql, arguments).first
    }

    /// A count.
    func count(_ sql: String, _ arguments: SQLValue...) throws(StoreError) -> Int {
        Int(try connection.query(sql, arguments).first?.integer(0) ?? 0)
    }
}
