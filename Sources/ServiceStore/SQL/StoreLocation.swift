// SPDX-License-Identifier: Apache-2.0

/// Where the records are.
package enum StoreLocation: Hashable, Sendable, CustomStringConvertible {
    /// A file of SQLite.
    case file(String)
    /// A database of PostgreSQL, as libpq reads it: `postgres://USER@HOST/NAME`.
    case postgreSQL(String)

    /// The file in the folder of a server.
    package static func folder(_ path: String) -> StoreLocation { .file(path + "/service.sqlite") }

    /// A database by its URI.
    ///
    /// - Throws: `StoreError.badLocation`.
    package init(uri: String) throws(StoreError) {
        guard uri.hasPrefix("postgres://") || uri.hasPrefix("postgresql://") else { throw .badLocation(uri) }
        self = .postgreSQL(uri)
    }

    /// The location without a password.
    package var description: String {
        switch self {
        case .file(let path): return path
        case .postgreSQL(let uri):
            guard let at = uri.lastIndex(of: "@"), let scheme = uri.firstRange(of: "://"), scheme.upperBound < at
            else { return uri }
            let user = uri[scheme.upperBound..<at].prefix { $0 != ":" }
            return String(uri[..<scheme.upperBound] + user + uri[at...])
        }
    }
}
