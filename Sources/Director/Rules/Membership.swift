// SPDX-License-Identifier: Apache-2.0

internal import Crypto
internal import HostProtocol
internal import ServiceStore

/// With which ring a host comes.
enum Membership {
    /// The place of the first ring that has the host; nil if none has.
    ///
    /// A canary is nobody beforehand.
    static func ring(of host: HostRecord, in rollout: RolloutRecord) -> Int? {
        let share = share(of: host.id, in: rollout.id)
        return rollout.rings.firstIndex { ring in
            switch ring.members {
            case .canary: false
            case .percent(let percent): share < percent
            case .group(let group): host.group == group
            case .tag(let tag): host.facts.tags.contains(tag)
            case .all: true
            }
        }
    }

    /// The place of a host in the order that is drawn for a rollout, from 0 to 99.
    static func share(of host: HostID, in rollout: String) -> Int {
        var number: UInt64 = 0
        for byte in SHA256.hash(data: Array("\(rollout) \(host.text)".utf8)).prefix(8) {
            number = number << 8 | UInt64(byte)
        }
        return Int(number % 100)
    }

    /// Whether a host may come now as the one that tries for all.
    static func mayBeCanary(_ host: HostRecord, in rollout: RolloutRecord) -> Bool {
        guard rollout.ring == 0, rollout.rings.first?.members == .canary else { return false }
        return rollout.rings.count == 1 || ring(of: host, in: rollout) != nil
    }
}
