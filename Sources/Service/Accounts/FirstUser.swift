// SPDX-License-Identifier: Apache-2.0

internal import ServicePolicy
internal import ServiceStore

/// The user that a first start makes.
package struct FirstUser: Hashable, Sendable {
    /// The name.
    package let name: String
    /// The password, which is in no record.
    package let password: String

    /// Makes the user if there is none at all.
    ///
    /// - Returns: The user; nil if there was one already.
    static func make(in store: ServiceStore, _ passwords: PasswordHash) async throws -> FirstUser? {
        guard try await store.read({ try $0.users().isEmpty }) else { return nil }
        let user = FirstUser(name: "admin", password: RandomText.password())
        let hash = try await passwords.text(for: user.password)
        let now = Moment(seconds: DateClock.seconds)
        return try await store.write { records in
            // Of two servers that start at once over one database, one has made it.
            guard try records.users().isEmpty else { return nil }
            try records.put(UserRecord(name: user.name, role: .administrator, password: hash, created: now))
            try records.log("user.created", of: user.name, by: "first start", at: now)
            return user
        }
    }
}
