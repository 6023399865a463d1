// SPDX-License-Identifier: Apache-2.0

package import ServicePolicy

/// Somebody who may sign in.
package struct UserRecord: Hashable, Sendable {
    /// What somebody may do.
    package enum Role: String, CaseIterable, Hashable, Sendable {
        /// Look.
        case reader
        /// Look, and begin, halt and resume rollouts, hold back, retire hosts.
        case `operator`
        /// All, with contracts, keys and users.
        case administrator
    }

    /// The name.
    package var name: String
    /// What they may do.
    package var role: Role
    /// The password as it is stored: what it was hashed with, and the hash.
    package var password: String
    /// When they were entered.
    package var created: Moment
    /// When the password was set.
    package var changed: Moment
    /// Whether they may not sign in.
    package var isDisabled: Bool

    /// Somebody.
    package init(name: String, role: Role, password: String, created: Moment) {
        self.name = name
        self.role = role
        self.password = password
        self.created = created
        changed = created
        isDisabled = false
    }

    static let columns = "name, role, password, created, changed, is_disabled"

    init(_ row: SQLRow) throws(StoreError) {
        name = try row.text(0)
        role = try row.read(1, Role.init(rawValue:))
        password = try row.text(2)
        created = Moment(seconds: try row.integer(3))
        changed = Moment(seconds: try row.integer(4))
        isDisabled = try row.integer(5) != 0
    }
}

/// Somebody who is signed in.
package struct SessionRecord: Hashable, Sendable {
    /// SHA-256 of what the browser has.
    package var hash: String
    /// Who it is.
    package var user: String
    /// When they signed in.
    package var created: Moment
    /// When it ends.
    package var expires: Moment
    /// When it was last used.
    package var seen: Moment
    /// From where.
    package var address: String
    /// What forms are bound to it with.
    package var secret: String

    /// A session.
    package init(
        hash: String, user: String, created: Moment, expires: Moment, seen: Moment, address: String, secret: String
    ) {
        self.hash = hash
        self.user = user
        self.created = created
        self.expires = expires
        self.seen = seen
        self.address = address
        self.secret = secret
    }
}

extension Records {
    /// Enters somebody, or what is new of them.
    package func put(_ user: UserRecord) throws(StoreError) {
        try execute(
            """
            INSERT INTO users (\(UserRecord.columns)) VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT (name) DO UPDATE SET role = excluded.role, password = excluded.password,
            changed = excluded.changed, is_disabled = excluded.is_disabled
            """, .text(user.name), .text(user.role.rawValue), .text(user.password), .integer(user.created.seconds),
            .integer(user.changed.seconds), .integer(user.isDisabled ? 1 : 0))
    }

    /// Somebody.
    package func user(_ name: String) throws(StoreError) -> UserRecord? {
        try first("SELECT \(UserRecord.columns) FROM users WHERE name = ?", .text(name))
            .map { (row) throws(StoreError) in try UserRecord(row) }
    }

    /// All who may sign in.
    package func users() throws(StoreError) -> [UserRecord] {
        var users: [UserRecord] = []
        for row in try query("SELECT \(UserRecord.columns) FROM users ORDER BY name") {
            users.append(try UserRecord(row))
        }
        return users
    }

    /// Enters a session, or when it was last used.
    package func put(_ session: SessionRecord) throws(StoreError) {
        try execute(
            """
            INSERT INTO sessions (hash, user_name, created, expires, seen, address, secret) VALUES (?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (hash) DO UPDATE SET seen = excluded.seen, expires = excluded.expires
            """, .text(session.hash), .text(session.user), .integer(session.created.seconds),
            .integer(session.expires.seconds), .integer(session.seen.seconds), .text(session.address),
            .text(session.secret))
    }

    /// A session that has not ended, with whose it is; nil also for somebody who may no longer sign in.
    package func session(
        _ hash: String, at now: Moment
    ) throws(StoreError) -> (session: SessionRecord, user: UserRecord)? {
        let row = try first(
            """
            SELECT hash, user_name, created, expires, seen, address, secret FROM sessions WHERE hash = ? AND expires > ?
            """, .text(hash), .integer(now.seconds))
        guard let row else { return nil }
        let session = SessionRecord(
            hash: try row.text(0), user: try row.text(1), created: Moment(seconds: try row.integer(2)),
            expires: Moment(seconds: try row.integer(3)), seen: Moment(seconds: try row.integer(4)),
            address: try row.text(5), secret: try row.text(6))
        guard let user = try user(session.user), !user.isDisabled else { return nil }
        return (session, user)
    }

    /// Ends a session.
    package func endSession(_ hash: String) throws(StoreError) {
        try execute("DELETE FROM sessions WHERE hash = ?", .text(hash))
    }

    /// Ends all sessions of somebody, as when their password is changed.
    package func endSessions(of user: String) throws(StoreError) {
        try execute("DELETE FROM sessions WHERE user_name = ?", .text(user))
    }

    /// Throws away sessions that have ended.
    package func forgetSessions(endedBefore moment: Moment) throws(StoreError) {
        try execute("DELETE FROM sessions WHERE expires <= ?", .integer(moment.seconds))
    }
}
