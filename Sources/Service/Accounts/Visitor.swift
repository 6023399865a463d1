// SPDX-License-Identifier: Apache-2.0

package import ServiceStore

/// Somebody who is signed in.
struct Visitor: Hashable, Sendable {
    /// The name.
    var name: String
    /// What they may do.
    var role: UserRecord.Role
    /// What forms of theirs must bring back.
    var csrf: String
    /// The hash of their session.
    var session: String
}

extension UserRecord.Role: Comparable {
    private var rank: Int {
        switch self {
        case .reader: 0
        case .operator: 1
        case .administrator: 2
        }
    }

    /// Whether one may do less than another.
    package static func < (one: Self, other: Self) -> Bool { one.rank < other.rank }
}
