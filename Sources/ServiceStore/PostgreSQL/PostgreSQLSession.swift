// SPDX-License-Identifier: Apache-2.0

/// A connection with its prepared statements: what a transaction is given.
final class PostgreSQLSession: SQLConnection {
    let lockingClause = " FOR UPDATE"
    private let connection: PostgreSQLConnection
    private var prepared: [String: String] = [:]

    /// Connects.
    ///
    /// - Throws: `StoreError.unreachable`.
    init(uri: String) throws(StoreError) {
        do throws(PostgreSQLConnection.Failure) {
            connection = try PostgreSQLConnection(uri: uri)
            // A commit is on the disk when it is acknowledged, whatever the server is set to.
            try connection.run("SET synchronous_commit = on")
            try connection.run("SET client_min_messages = warning")
            try connection.run("SET statement_timeout = '60s'")
            try connection.run("SET lock_timeout = '20s'")
            try connection.run("SET idle_in_transaction_session_timeout = '60s'")
        } catch {
            throw .unreachable(reason: error.reason)
        }
    }

    /// Whether it can be used again.
    var isUsable: Bool { connection.isAlive && !connection.isInTransaction }

    /// Begins or ends a transaction.
    ///
    /// - Throws: `StoreError`.
    func run(_ sql: String) throws(StoreError) {
        do throws(PostgreSQLConnection.Failure) { try connection.run(sql) } catch { throw StoreError(error) }
    }

    func query(_ sql: String, _ arguments: [SQLValue]) throws(StoreError) -> [SQLRow] {
        try result(of: sql, arguments).rows
    }

    func execute(_ sql: String, _ arguments: [SQLValue]) throws(StoreError) -> Int {
        try result(of: sql, arguments).changed
    }

    private func result(of sql: String, _ arguments: [SQLValue]) throws(StoreError) -> PostgreSQLConnection.Result {
        do throws(PostgreSQLConnection.Failure) {
            return try connection.run(prepared: try name(of: sql), arguments)
        } catch {
            throw StoreError(error)
        }
    }

    private func name(of sql: String) throws(PostgreSQLConnection.Failure) -> String {
        if let name = prepared[sql] { return name }
        let name = "s\(prepared.count)"
        try connection.prepare(name, Self.numbered(sql))
        prepared[sql] = name
        return name
    }

    /// A statement with `$1`, `$2` … in place of `?`.
    static func numbered(_ sql: String) -> String {
        var result = ""
        var number = 0
        for character in sql {
            guard character == "?" else {
                result.append(character)
                continue
            }
            number += 1
            result += "$\(number)"
        }
        return result
    }
}

extension StoreError {
    /// What an error of PostgreSQL means; the codes are in its appendix A.
    fileprivate init(_ failure: PostgreSQLConnection.Failure) {
        self =
            switch failure.code.prefix(2) {
            // An idle session was ended, or the server is stopping or starting.
            case "08", "57": .unreachable(reason: failure.reason)
            case _ where failure.isLost: .unreachable(reason: failure.reason)
            case "23": .conflict(reason: failure.reason)
            // Two transactions waited for each other, or one for too long.
            case "40", "55": .busy
            case "53": failure.code == "53100" ? .full : .unreachable(reason: failure.reason)
            default: .statement(code: failure.code, reason: failure.reason)
            }
    }
}
