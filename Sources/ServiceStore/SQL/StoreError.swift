// SPDX-License-Identifier: Apache-2.0

/// Why the records could not be read or written.
package enum StoreError: Error, Hashable, Sendable {
    /// The database does not answer: it is not started yet, or is being restarted. Nothing was acknowledged.
    case unreachable(reason: String)
    /// There is no room left on the disk of the database.
    case full
    /// Others use the database, for longer than a request waits.
    case busy
    /// A rule of the database is broken by what was to be written: such a record exists, or one that it names does not.
    case conflict(reason: String)
    /// The database refuses a statement.
    case statement(code: String, reason: String)
    /// A column does not hold what it should.
    case damaged(column: Int)
    /// The database is of a later program.
    case laterVersion(migration: String)
    /// What should name a database does not.
    case badLocation(String)
    /// There is no such record.
    case noSuch(Kind, String)

    /// Kinds of records.
    package enum Kind: String, Hashable, Sendable {
        case contract
        case activationKey
        case host
        case rollout
        case user
        case hold
        case window
    }

    /// Whether the same may succeed a little later.
    package var isPassing: Bool {
        switch self {
        case .unreachable, .full, .busy: true
        case .conflict, .statement, .damaged, .laterVersion, .badLocation, .noSuch: false
        }
    }
}

extension StoreError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unreachable(let reason): "the database does not answer (\(reason)); nothing was changed, try again"
        case .full: "the disk of the database is full; nothing was changed, make room"
        case .busy: "the database is busy; nothing was changed, try again"
        case .conflict(let reason): "the database refuses the change: \(reason)"
        case .statement(let code, let reason): "the database refuses a statement (\(code)): \(reason)"
        case .damaged(let column): "a record is damaged: column \(column) does not hold what it should"
        case .laterVersion(let migration):
            "the database is of a later program, which made the change \(migration); use that program"
        case .badLocation(let text): "\(text) is no database: give a folder, or postgres://USER@HOST/NAME"
        case .noSuch(let kind, let name): "there is no \(kind.title) \(name)"
        }
    }
}

extension StoreError.Kind {
    /// The kind for people.
    package var title: String {
        switch self {
        case .contract: "contract"
        case .activationKey: "activation key"
        case .host: "host"
        case .rollout: "rollout"
        case .user: "user"
        case .hold: "hold"
        case .window: "window"
        }
    }
}
