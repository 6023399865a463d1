// SPDX-License-Identifier: Apache-2.0

package import JSON

/// A step of a rollout: who comes with it, and what must be so before the next one.
package struct Ring: Hashable, Sendable {
    /// Who comes with a ring.
    package enum Members: Hashable, Sendable {
        /// One host, whichever asks first; another one only if that one is taken off the service.
        case canary
        /// So many of a hundred hosts, in an order that is drawn anew for each rollout.
        case percent(Int)
        /// The hosts of a group.
        case group(String)
        /// The hosts with a tag.
        case tag(String)
        /// All.
        case all
    }

    /// How many of the hosts that were granted the ring.
    package enum Threshold: Hashable, Sendable {
        /// A number.
        case count(Int)
        /// So many of a hundred.
        case percent(Int)
    }

    /// Who comes with it.
    package var members: Members
    /// How many must have the patches in force.
    package var success: Threshold
    /// How many failures halt the rollout.
    package var failure: Threshold
    /// For how long it must have been so, in seconds.
    package var bake: Int64
    /// After how many seconds a host that says nothing counts as failed.
    package var silence: Int64

    /// A ring.
    package init(
        _ members: Members, success: Threshold = .percent(90), failure: Threshold = .count(1), bake: Int64 = 3600,
        silence: Int64 = 4 * 3600
    ) {
        self.members = members
        self.success = success
        self.failure = failure
        self.bake = bake
        self.silence = silence
    }

    /// The rings that a rollout has unless others are asked for.
    package static let usual = [
        Ring(.canary, success: .count(1)),
        Ring(.percent(10), failure: .percent(5)),
        Ring(.percent(50), failure: .percent(5)),
        Ring(.all, failure: .percent(5)),
    ]
}

extension Ring.Members: LosslessStringConvertible {
    /// `canary`, `10%`, `group=NAME`, `tag=NAME` or `all`; nil for any other text.
    package init?(_ text: String) {
        switch text {
        case "canary": self = .canary
        case "all": self = .all
        case let text where text.hasPrefix("group=") && text != "group=": self = .group(String(text.dropFirst(6)))
        case let text where text.hasPrefix("tag=") && text != "tag=": self = .tag(String(text.dropFirst(4)))
        default:
            guard text.hasSuffix("%"), let percent = Int(text.dropLast()), (1...100).contains(percent) else {
                return nil
            }
            self = .percent(percent)
        }
    }

    package var description: String {
        switch self {
        case .canary: "canary"
        case .percent(let percent): "\(percent)%"
        case .group(let name): "group=\(name)"
        case .tag(let name): "tag=\(name)"
        case .all: "all"
        }
    }
}

extension Ring.Threshold: LosslessStringConvertible {
    /// `3` or `5%`; nil for any other text.
    package init?(_ text: String) {
        let isPercent = text.hasSuffix("%")
        guard let number = Int(isPercent ? String(text.dropLast()) : text), number >= 1, !isPercent || number <= 100
        else { return nil }
        self = isPercent ? .percent(number) : .count(number)
    }

    package var description: String {
        switch self {
        case .count(let count): "\(count)"
        case .percent(let percent): "\(percent)%"
        }
    }

    /// Whether a number of a whole reaches the threshold; none never does.
    package func isReached(by part: Int, of whole: Int) -> Bool {
        guard part > 0 else { return false }
        switch self {
        case .count(let count): return part >= count
        case .percent(let percent):
            // In full width: numbers of hosts never overflow it.
            let left = part.magnitude.multipliedFullWidth(by: 100)
            let right = whole.magnitude.multipliedFullWidth(by: percent.magnitude)
            return (left.high, left.low) >= (right.high, right.low)
        }
    }
}

extension Ring {
    /// The ring as it is kept.
    package var value: JSONValue {
        .object([
            "members": .string(members.description), "success": .string(success.description),
            "failure": .string(failure.description), "bake": .integer(bake), "silence": .integer(silence),
        ])
    }

    init?(_ value: JSONValue) {
        guard case .object(let object) = value, case .string(let members)? = object["members"],
            let members = Members(members), case .string(let success)? = object["success"],
            let success = Threshold(success), case .string(let failure)? = object["failure"],
            let failure = Threshold(failure), case .integer(let bake)? = object["bake"],
            case .integer(let silence)? = object["silence"]
        else { return nil }
        self.init(members, success: success, failure: failure, bake: bake, silence: silence)
    }
}
