// SPDX-License-Identifier: Apache-2.0

internal import HostProtocol
internal import PatchCatalogue
internal import ServicePolicy
internal import ServiceStore

/// What a check-in says of a grant.
enum GrantRules {
    /// A grant after a check-in; itself if nothing is new.
    ///
    /// What a host may not take any more, since somebody holds it or its right to it is over, it need not answer for.
    static func updated(
        _ grant: Grant, of rollout: RolloutRecord, by host: HostRecord, events: [CheckIn.Event], products: Set<String>,
        holds: Holds, at now: Moment
    ) -> Grant {
        let patches = Set(rollout.patches.map(\.patch))
        let failure = events.last { event in
            guard event.rollout == rollout.id || event.patch.map(patches.contains) == true else { return false }
            return switch event.kind {
            // That an administrator took it out by hand is a complaint as well.
            case .failed, .crashed, .reverted, .halted: true
            case .applied, .revoked, .resumed: false
            }
        }
        var next = grant
        switch grant.outcome {
        case .failed, .gone: return grant
        case .pending, .succeeded, .silent:
            if let failure, !(rollout.rollsBack && failure.kind == .reverted) {
                next.outcome = .failed
                next.detail = "\(failure.kind.rawValue): \(failure.detail)"
            } else if grant.outcome != .succeeded {
                var used: [(level: Int, wanted: Int)] = []
                for target in host.targets {
                    guard let patch = rollout.patch(for: target.buildID) else { continue }
                    let mayHave =
                        products.contains(patch.product)
                        && holds.allow(patch.level, of: patch.product, on: target)
                    if target.level >= patch.level || mayHave { used.append((target.level, patch.level)) }
                }
                let isDone = used.allSatisfy { $0.level >= $0.wanted }
                if used.isEmpty || (!isDone && (host.state != .active || host.halted != nil)) {
                    next.outcome = .gone
                } else if isDone {
                    next.outcome = .succeeded
                }
            }
        }
        if next.outcome != grant.outcome { next.decided = now }
        return next
    }

    /// Whether a host could be given something of a rollout: it uses a build of it at a lower level, has a right to the
    /// product, and nobody holds it.
    static func isWanted(
        _ rollout: RolloutRecord, for host: HostRecord, products: Set<String>, holds: Holds,
        catalogue: PublishedCatalogue
    ) -> Bool {
        guard host.state == .active, host.halted == nil else { return false }
        return host.targets.contains { target in
            guard let patch = rollout.patch(for: target.buildID), patch.level > target.level else { return false }
            return products.contains(patch.product) && catalogue.has(patch)
                && holds.allow(patch.level, of: patch.product, on: target)
        }
    }
}

extension PublishedCatalogue {
    /// Whether a patch is published, and not taken back.
    func has(_ patch: RolloutRecord.Patch) -> Bool {
        patches(for: patch.buildID).contains { $0.patch == patch.patch }
    }
}
