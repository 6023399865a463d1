// SPDX-License-Identifier: Apache-2.0

/// What somebody who is signed in may do.
enum VisitorRole: String, CaseIterable, Hashable, Sendable, Comparable {
    /// Looks.
    case viewer
    /// Runs rollouts, contracts and maintenance.
    case `operator`
    /// Also has the users.
    case admin

    private var rank: Int {
        switch self {
        case .viewer: 0
        case .operator: 1
        case .admin: 2
        }
    }

    static func < (one: Self, other: Self) -> Bool { one.rank < other.rank }
}

/// Somebody who is signed in.
struct Visitor: Hashable, Sendable {
    var name: String
    var role: VisitorRole
    /// What forms of theirs must bring back.
    var csrf: String
}
