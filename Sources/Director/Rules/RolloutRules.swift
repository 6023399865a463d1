// SPDX-License-Identifier: Apache-2.0

package import ServicePolicy
package import ServiceStore

/// How a rollout goes on, by its grants in numbers and the time.
///
/// Nothing but values: the same rollout, numbers and time always give the same decision.
package enum RolloutRules {
    /// Who decides where nobody does.
    package static let actor = "director"

    /// The rollout after a look at its numbers, and what happened to it; nothing if it stays as it is.
    package static func advance(
        _ rollout: RolloutRecord, _ tally: Tally, at now: Moment
    ) -> (rollout: RolloutRecord, steps: [RolloutStep]) {
        guard rollout.state != .halted else { return (rollout, []) }
        var next = rollout
        for place in 0...rollout.ring {
            let failures = tally.count(.failed, .silent, ring: place)
            let granted = tally.granted(ring: place)
            guard rollout.rings[place].failure.isReached(by: failures, of: granted) else { continue }
            let silent = tally.count(.silent, ring: place)
            next.state = .halted
            next.satisfied = nil
            next.reason = "ring \(place + 1): \(failures) of \(granted) failed, \(silent) of them by silence"
            return (next, [RolloutStep(.halted, ring: rollout.ring, by: actor, at: now, detail: next.reason)])
        }
        guard rollout.state == .running else { return (rollout, []) }
        let ring = rollout.rings[rollout.ring]
        let granted = tally.granted(ring: rollout.ring)
        if granted == 0, case .percent = ring.members,
            now >= rollout.opened.adding(seconds: max(ring.bake, ring.silence))
        {
            // In a small fleet, a small share is nobody. A group, or a canary, is somebody to wait for.
            return open(next, at: now, detail: "nobody came with ring \(rollout.ring + 1)")
        }
        guard ring.success.isReached(by: tally.count(.succeeded, ring: rollout.ring), of: granted) else {
            next.satisfied = nil
            return (next, [])
        }
        let since = rollout.satisfied ?? now
        next.satisfied = since
        guard now >= since.adding(seconds: ring.bake) else { return (next, []) }
        return open(
            next, at: now,
            detail: "\(tally.count(.succeeded, ring: rollout.ring)) of \(granted) have the patches in force")
    }

    private static func open(
        _ rollout: RolloutRecord, at now: Moment, detail: String
    ) -> (rollout: RolloutRecord, steps: [RolloutStep]) {
        var next = rollout
        next.satisfied = nil
        guard rollout.ring + 1 < rollout.rings.count else {
            next.state = .finished
            return (next, [RolloutStep(.finished, ring: rollout.ring, by: actor, at: now, detail: detail)])
        }
        next.ring += 1
        next.opened = now
        return (next, [RolloutStep(.opened, ring: next.ring, by: actor, at: now, detail: detail)])
    }

    /// The ring with which a host may come now.
    ///
    /// - Parameters:
    ///   - host: a host that uses a build of the rollout and may have its patches.
    ///   - rollout: the rollout.
    ///   - canaries: how many tries of one host for all are open or done.
    /// - Returns: The place of the ring, and whether the host tries for all; nil if it may not come.
    package static func ring(
        for host: HostRecord, in rollout: RolloutRecord, canaries: Int
    ) -> (place: Int, isCanary: Bool)? {
        switch rollout.state {
        case .halted: return nil
        case .running, .finished: break
        }
        if rollout.state == .running, rollout.ring == 0, rollout.rings[0].members == .canary {
            return canaries == 0 && Membership.mayBeCanary(host, in: rollout) ? (0, true) : nil
        }
        guard let place = Membership.ring(of: host, in: rollout) else { return nil }
        return rollout.state == .finished || place <= rollout.ring ? (place, false) : nil
    }
}
