// SPDX-License-Identifier: Apache-2.0

/// How long metadata is good, by its role.
///
/// Keys that are offline sign seldom, and what they sign must last. What online keys sign is short-lived, so that a host
/// that is kept from news learns of it by the expiry.
package struct Lifetimes: Sendable {
    /// Days of a root.
    package var root: Int64 = 365
    /// Days of a targets role.
    package var targets: Int64 = 180
    /// Days of a snapshot.
    package var snapshot: Int64 = 7
    /// Days of a timestamp.
    package var timestamp: Int64 = 1

    /// The usual ones.
    package init() {}

    /// The seconds that a role's metadata is good.
    package func seconds(of role: RoleName) -> Int64 {
        switch role {
        case .root: root * UpdateTime.day
        case .snapshot: snapshot * UpdateTime.day
        case .timestamp: timestamp * UpdateTime.day
        default: targets * UpdateTime.day
        }
    }

    /// When metadata of a role expires that is made now.
    package func expiry(of role: RoleName, from now: UpdateTime) -> UpdateTime {
        now.adding(seconds: seconds(of: role))
    }
}

extension UpdateTime {
    /// The seconds of a day.
    package static let day: Int64 = 86_400

    /// A later moment; the last there is if it would be beyond it.
    package func adding(seconds: Int64) -> UpdateTime {
        let (sum, overflow) = secondsSince1970.addingReportingOverflow(seconds)
        return UpdateTime(secondsSince1970: overflow ? .max : sum)
    }

    /// Whole days until another moment, rounded down; negative if it is past.
    package func days(until other: UpdateTime) -> Int64 {
        let (seconds, overflow) = other.secondsSince1970.subtractingReportingOverflow(secondsSince1970)
        guard !overflow else { return other > self ? .max : .min }
        let days = seconds / Self.day
        return seconds % Self.day < 0 ? days - 1 : days
    }
}
