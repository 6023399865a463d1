// SPDX-License-Identifier: Apache-2.0

/// A transaction on a database, for the time of one function; it is used on the thread that the function runs on.
package protocol SQLConnection: AnyObject {
    /// What a `SELECT` ends with so that nobody else changes its rows before the transaction ends.
    ///
    /// Empty where writers come one after the other anyway.
    var lockingClause: String { get }

    /// Runs a statement and reads its rows.
    ///
    /// - Parameters:
    ///   - sql: one statement. Each `?` stands for an argument; texts in quotes must not have one.
    ///   - arguments: the values.
    /// - Returns: The rows.
    /// - Throws: `StoreError`.
    func query(_ sql: String, _ arguments: [SQLValue]) throws(StoreError) -> [SQLRow]

    /// Runs a statement.
    ///
    /// - Returns: How many rows it changed.
    /// - Throws: `StoreError`.
    @discardableResult
    func execute(_ sql: String, _ arguments: [SQLValue]) throws(StoreError) -> Int
}

/// A database that runs functions in transactions, never on a thread that others wait for.
package protocol Database: Sendable {
    /// Runs a function that only reads, on one state of the database.
    func read<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Value
    ) async throws -> Value

    /// Runs a function in a transaction, which is on the disk when this returns. If the function throws, nothing is changed.
    ///
    /// The function may run more than once: it changes nothing but the database.
    func write<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Value
    ) async throws -> Value

    /// Closes the connections.
    func close() async
}
