// SPDX-License-Identifier: Apache-2.0

internal import GRDB
internal import Glibc

/// A file of SQLite: readers beside one writer, and a commit is on the disk before it is acknowledged.
struct SQLiteDatabase: Database {
    private let pool: DatabasePool

    /// Opens a file, and makes it if there is none.
    ///
    /// - Throws: `StoreError`.
    init(path: String) throws(StoreError) {
        var configuration = Configuration()
        configuration.busyMode = .timeout(20)
        configuration.maximumReaderCount = 4
        configuration.label = "records"
        configuration.foreignKeysEnabled = true
        Self.makePrivate(path)
        do {
            pool = try DatabasePool(path: path, configuration: configuration)
            try pool.writeWithoutTransaction { database in
                // GRDB opens a pool with NORMAL, by which the last commits are lost with the power. The pool has one writer,
                // which stays open, and so the setting holds.
                try database.execute(sql: "PRAGMA synchronous = FULL")
                guard try Int.fetchOne(database, sql: "PRAGMA synchronous") == 2 else {
                    throw StoreError.statement(code: "synchronous", reason: "the setting was not taken")
                }
            }
        } catch {
            throw StoreError(sqlite: error)
        }
    }

    func read<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Value
    ) async throws -> Value {
        do {
            return try await pool.read { database in try body(SQLiteConnection(database)) }
        } catch let error as DatabaseError {
            throw StoreError(sqlite: error)
        }
    }

    func write<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Value
    ) async throws -> Value {
        do {
            return try await pool.writeWithoutTransaction { database in
                var value: Value?
                try database.inTransaction(.immediate) {
                    value = try body(SQLiteConnection(database))
                    return .commit
                }
                guard let value else { throw StoreError.statement(code: "commit", reason: "it did not run") }
                return value
            }
        } catch let error as DatabaseError {
            throw StoreError(sqlite: error)
        }
    }

    func close() async { try? pool.close() }

    /// Makes the file for the eyes of its owner only, since it holds secrets; SQLite takes that over for its other files.
    ///
    /// Never a file that is there: to close it would end the locks that this process has on it (SQLite, "How To Corrupt", 2.2).
    private static func makePrivate(_ path: String) {
        // Safety: the path is read during the call. What fails here is told when SQLite opens the file.
        let descriptor = unsafe Glibc.open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0o600)
        if descriptor >= 0 { _ = Glibc.close(descriptor) }
    }
}

/// A transaction on a file.
private final class SQLiteConnection: SQLConnection {
    let lockingClause = ""
    private let database: GRDB.Database

    init(_ database: GRDB.Database) { self.database = database }

    func query(_ sql: String, _ arguments: [SQLValue]) throws(StoreError) -> [SQLRow] {
        do {
            let statement = try database.cachedStatement(sql: sql)
            let rows = try Row.fetchAll(statement, arguments: Self.bound(arguments))
            var result: [SQLRow] = []
            result.reserveCapacity(rows.count)
            for row in rows { result.append(try Self.values(of: row)) }
            return result
        } catch {
            throw StoreError(sqlite: error)
        }
    }

    func execute(_ sql: String, _ arguments: [SQLValue]) throws(StoreError) -> Int {
        do {
            try database.cachedStatement(sql: sql).execute(arguments: Self.bound(arguments))
            return database.changesCount
        } catch {
            throw StoreError(sqlite: error)
        }
    }

    private static func bound(_ arguments: [SQLValue]) -> StatementArguments {
        StatementArguments(
            arguments.map { value -> (any DatabaseValueConvertible)? in
                switch value {
                case .null: nil
                case .integer(let number): number
                case .text(let text): text.withoutZeroBytes
                }
            })
    }

    private static func values(of row: Row) throws(StoreError) -> SQLRow {
        var values: [SQLValue] = []
        values.reserveCapacity(row.count)
        for (column, value) in row.databaseValues.enumerated() {
            switch value.storage {
            case .null: values.append(.null)
            case .int64(let number): values.append(.integer(number))
            case .string(let text): values.append(.text(text))
            case .double, .blob: throw .damaged(column: column)
            }
        }
        return SQLRow(values)
    }
}

extension StoreError {
    /// What an error of SQLite means.
    fileprivate init(sqlite error: any Error) {
        if let error = error as? StoreError {
            self = error
            return
        }
        guard let error = error as? DatabaseError else {
            self = .unreachable(reason: "\(error)")
            return
        }
        let reason = error.message ?? "no reason given"
        self =
            switch error.resultCode {
            case .SQLITE_FULL: .full
            case .SQLITE_BUSY, .SQLITE_LOCKED: .busy
            case .SQLITE_CONSTRAINT: .conflict(reason: reason)
            // On a full disk, the index of the log in shared memory cannot grow either.
            case .SQLITE_IOERR, .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_ABORT, .SQLITE_INTERRUPT:
                .unreachable(reason: reason)
            default: .statement(code: "SQLite \(error.extendedResultCode.rawValue)", reason: reason)
            }
    }
}
