// SPDX-License-Identifier: Apache-2.0

/// When the metadata of a repository expires.
package struct ExpiryReport: Sendable {
    /// How long a role's metadata is good yet.
    package enum State: Int, Comparable, Sendable {
        /// Long enough.
        case good
        /// Not much longer: less than a quarter of what metadata of the role usually lasts.
        case soon
        /// No more; hosts refuse it.
        case expired

        /// Whether one is better than another.
        package static func < (one: Self, other: Self) -> Bool { one.rawValue < other.rawValue }
    }

    /// A role.
    package struct Entry: Sendable {
        /// Its name.
        package var role: RoleName
        /// The version of its metadata.
        package var version: Int64
        /// When that expires.
        package var expires: UpdateTime
        /// Whole days until then.
        package var daysLeft: Int64
        /// What that means.
        package var state: State
    }

    /// All roles, the top-level ones first.
    package let entries: [Entry]

    /// The worst state of a role.
    package var worst: State { entries.map(\.state).max() ?? .good }

    /// Looks at a publication.
    ///
    /// - Parameters:
    ///   - publication: what is published.
    ///   - now: the moment.
    ///   - lifetimes: how long metadata usually lasts.
    ///   - others: how long metadata of certain roles lasts, in seconds.
    package init(
        _ publication: Publication, at now: UpdateTime, lifetimes: Lifetimes = Lifetimes(),
        others: [RoleName: Int64] = [:]
    ) {
        func entry(_ role: RoleName, _ header: MetadataHeader) -> Entry {
            let margin = (others[role] ?? lifetimes.seconds(of: role)) / 4
            let state: State =
                header.expires <= now ? .expired : header.expires < now.adding(seconds: margin) ? .soon : .good
            return Entry(
                role: role, version: header.version, expires: header.expires,
                daysLeft: now.days(until: header.expires), state: state)
        }
        var entries: [Entry] = []
        if let header = publication.roots.last?.payload.header { entries.append(entry(.root, header)) }
        if let header = publication.timestamp?.payload.header { entries.append(entry(.timestamp, header)) }
        if let header = publication.snapshot?.payload.header { entries.append(entry(.snapshot, header)) }
        let roles = publication.targets.keys.sorted { $0 == .targets || ($1 != .targets && $0 < $1) }
        for role in roles {
            if let header = publication.targets[role]?.payload.header { entries.append(entry(role, header)) }
        }
        self.entries = entries
    }
}
