// SPDX-License-Identifier: Apache-2.0

internal import CPostgreSQL

/// A connection to PostgreSQL, which is used by one thread at a time.
@safe struct PostgreSQLConnection: ~Copyable {
    private let connection: OpaquePointer

    /// What a statement brought.
    struct Result {
        var rows: [SQLRow]
        var changed: Int
    }

    /// An error of the server, or of the connection.
    struct Failure: Error {
        /// SQLSTATE; empty if the server did not say one.
        var code: String
        var reason: String
        /// Whether the connection is of no more use.
        var isLost: Bool
    }

    /// Connects.
    ///
    /// - Throws: `Failure`.
    init(uri: String) throws(Failure) {
        // Safety: the text is read during the call; what is returned is freed once, here or in deinit.
        guard let connection = unsafe PQconnectdb(uri) else {
            throw Failure(code: "", reason: "no memory", isLost: true)
        }
        guard unsafe PQstatus(connection) == CONNECTION_OK else {
            let reason = unsafe Self.text(PQerrorMessage(connection))
            unsafe PQfinish(connection)
            throw Failure(code: "", reason: reason, isLost: true)
        }
        _ = unsafe PQsetErrorVerbosity(connection, PQERRORS_TERSE)
        unsafe self.connection = connection
    }

    deinit { unsafe PQfinish(connection) }

    /// Whether the connection can still be used.
    var isAlive: Bool { unsafe PQstatus(connection) == CONNECTION_OK }

    /// Whether a transaction is open.
    var isInTransaction: Bool { unsafe PQtransactionStatus(connection) != PQTRANS_IDLE }

    /// Runs a statement without arguments.
    ///
    /// - Throws: `Failure`.
    func run(_ sql: String) throws(Failure) { _ = unsafe try take(PQexec(connection, sql)) }

    /// Prepares a statement, in which arguments have numbers.
    ///
    /// - Throws: `Failure`.
    func prepare(_ name: String, _ sql: String) throws(Failure) {
        _ = unsafe try take(PQprepare(connection, name, sql, 0, nil))
    }

    /// Runs a prepared statement.
    ///
    /// - Throws: `Failure`.
    func run(prepared name: String, _ arguments: [SQLValue]) throws(Failure) -> Result {
        // All arguments in one block, each ended by a zero byte, which no text has then.
        var bytes: [CChar] = []
        var places: [Int?] = []
        places.reserveCapacity(arguments.count)
        for argument in arguments {
            let text: String
            switch argument {
            case .null:
                places.append(nil)
                continue
            case .integer(let number): text = String(number)
            case .text(let value): text = value.withoutZeroBytes
            }
            places.append(bytes.count)
            for byte in text.utf8 { bytes.append(CChar(bitPattern: byte)) }
            bytes.append(0)
        }
        // Safety: the pointers into `bytes` are used only while it is kept alive and unchanged.
        let result = unsafe bytes.withUnsafeBufferPointer { buffer -> OpaquePointer? in
            let values = unsafe places.map { place in
                unsafe place.flatMap { unsafe buffer.baseAddress?.advanced(by: $0) }
            }
            return unsafe values.withUnsafeBufferPointer { values in
                unsafe PQexecPrepared(
                    connection, name, Int32(arguments.count), values.baseAddress, nil, nil, 0)
            }
        }
        return unsafe try take(result)
    }

    /// Reads a result, and frees it.
    private func take(_ result: OpaquePointer?) throws(Failure) -> Result {
        guard let result = unsafe result else { throw unsafe failure(nil) }
        defer { unsafe PQclear(result) }
        switch unsafe PQresultStatus(result) {
        case PGRES_COMMAND_OK: return unsafe Result(rows: [], changed: Self.changed(result))
        case PGRES_TUPLES_OK:
            let rows = unsafe Self.rows(result)
            return Result(rows: rows, changed: rows.count)
        default: throw unsafe failure(result)
        }
    }

    private func failure(_ result: OpaquePointer?) -> Failure {
        let field = Int32(UInt8(ascii: "C"))
        let code = unsafe result.flatMap { unsafe PQresultErrorField($0, field) }.map { unsafe Self.text($0) } ?? ""
        return Failure(code: code, reason: unsafe Self.text(PQerrorMessage(connection)), isLost: !isAlive)
    }

    private static func changed(_ result: OpaquePointer) -> Int {
        // Safety: libpq returns a text of the result, which lives as long as it.
        unsafe Int(text(PQcmdTuples(result))) ?? 0
    }

    private static func rows(_ result: OpaquePointer) -> [SQLRow] {
        let columns = unsafe PQnfields(result)
        let isNumber = (0..<columns).map { column -> Bool in
            switch unsafe PQftype(result, column) {
            case 20, 21, 23, 1700: true  // int8, int2, int4; numeric, which sums are of.
            default: false
            }
        }
        let count = unsafe PQntuples(result)
        return (0..<count).map { row in
            SQLRow(
                (0..<columns).map { column in
                    if unsafe PQgetisnull(result, row, column) == 1 { return .null }
                    // Safety: row and column are in the result, so the value is a text that lives as long as it.
                    let text = unsafe PQgetvalue(result, row, column).map { unsafe String(cString: $0) } ?? ""
                    guard isNumber[Int(column)], let number = Int64(text) else { return .text(text) }
                    return .integer(number)
                })
        }
    }

    private static func text(_ pointer: UnsafePointer<CChar>?) -> String {
        // Safety: libpq ends its texts with a zero byte.
        let text = unsafe pointer.map { unsafe String(cString: $0) } ?? ""
        return text.split(separator: "\n").joined(separator: " ")
    }

    private static func text(_ pointer: UnsafeMutablePointer<CChar>?) -> String {
        unsafe text(pointer.map { unsafe UnsafePointer($0) })
    }
}
