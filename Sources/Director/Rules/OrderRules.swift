// SPDX-License-Identifier: Apache-2.0

internal import HostProtocol
internal import LivePatch
internal import PatchCatalogue
internal import ServicePolicy
internal import ServiceStore

/// What a host is to have, by what it was granted.
struct OrderRules {
    /// The rollouts.
    var rollouts: KnownRollouts
    /// What is published.
    var catalogue: PublishedCatalogue

    /// The orders of a host, one for each build that it uses and that there is something to say of.
    ///
    /// Nothing is ordered that is lower than what a host has, unless its patch is revoked, or its rollout rolls back.
    ///
    /// - Parameters:
    ///   - host: the host, with what it uses now.
    ///   - grants: what it was granted.
    ///   - products: those of its lease.
    ///   - holds: what is held back on it.
    /// - Returns: The orders.
    func orders(for host: HostRecord, _ grants: [Grant], products: Set<String>, _ holds: Holds) -> [Instructions.Order]
    {
        var orders: [Instructions.Order] = []
        var builds: Set<String> = []
        for target in host.targets where builds.insert(target.buildID).inserted {
            // A build under two names counts once, by its lowest level.
            let same = host.targets.filter { $0.buildID == target.buildID }
            guard let lowest = same.min(by: { $0.level < $1.level }) else { continue }
            if let order = order(for: lowest, of: host, grants, products, holds) { orders.append(order) }
        }
        return orders
    }

    private func order(
        for target: CheckIn.Target, of host: HostRecord, _ grants: [Grant], _ products: Set<String>, _ holds: Holds
    ) -> Instructions.Order? {
        let allowed = grants.filter { $0.outcome != .failed && $0.outcome != .gone }
            .compactMap { rollouts[$0.rollout] }.filter { $0.state != .halted }
            .compactMap { rollout in rollout.patch(for: target.buildID).map { (rollout: rollout.id, patch: $0) } }
            .filter { catalogue.has($0.patch) && products.contains($0.patch.product) }
            .sorted { $0.patch.level < $1.patch.level }
        if let reason = reasonToGoBack(from: target) {
            let below = allowed.last { $0.patch.level < target.level }
            return Instructions.Order(
                product: below?.patch.product ?? reason.product,
                distribution: below?.patch.distribution ?? reason.distribution, buildID: target.buildID,
                level: below?.patch.level ?? 0, patch: below?.patch.patch, rollout: below?.rollout ?? reason.rollout)
        }
        guard host.state == .active else { return nil }
        let best = allowed.last {
            $0.patch.level == target.level
                ? $0.patch.patch == target.patch
                : $0.patch.level > target.level && holds.allow($0.patch.level, of: $0.patch.product, on: target)
        }
        return best.map { best in
            Instructions.Order(
                product: best.patch.product, distribution: best.patch.distribution, buildID: target.buildID,
                level: best.patch.level, patch: best.patch.patch, rollout: best.rollout)
        }
    }

    /// Why a target must not stay at what it has; nil if it may.
    private func reasonToGoBack(
        from target: CheckIn.Target
    ) -> (product: String, distribution: String, rollout: String)? {
        guard target.level > 0, let patch = target.patch else { return nil }
        let back = rollouts.names(for: [target.buildID]).compactMap { rollouts[$0] }
            .filter { $0.state == .halted && $0.rollsBack }.first { $0.patch(for: target.buildID)?.patch == patch }
        if let back, let part = back.patch(for: target.buildID) { return (part.product, part.distribution, back.id) }
        guard catalogue.revoked[patch] != nil,
            let published = catalogue.patches.first(where: { $0.patch == patch })
        else { return nil }
        return (published.description.product, published.description.distribution, "revocation")
    }
}
