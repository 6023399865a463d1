// SPDX-License-Identifier: Apache-2.0

internal import HostProtocol
internal import PatchCatalogue
internal import ServicePolicy
internal import ServiceStore

/// Check-ins of several hosts in one transaction, with as few statements as can be.
struct CheckInBatch {
    private let records: Records
    private let policy: DirectorPolicy
    private var hosts: [HostID: HostRecord] = [:]
    private var grants: [HostID: [Grant]] = [:]
    /// The rollouts, as far as they were known before, and then as they are.
    private(set) var rollouts: KnownRollouts
    /// What was answered to systems before, and is now.
    private(set) var systems: KnownSystems
    private var changedGrants: [Grant] = []

    /// A host whose check-in is taken, with what is needed to answer it.
    private struct Guest {
        var arrival: Arrival
        var entitlement: Entitlement
        var holds: Holds
        var events: [CheckIn.Event]
    }

    init(
        _ records: Records, knowing rollouts: KnownRollouts, _ systems: KnownSystems, policy: DirectorPolicy
    ) {
        self.rollouts = rollouts
        self.systems = systems
        self.records = records
        self.policy = policy
    }

    /// Decides check-ins of different hosts, and writes down what is decided.
    mutating func decide(_ arrivals: [Arrival]) throws(StoreError) -> [Verdict] {
        hosts = try records.hosts(locking: arrivals.map(\.host))
        let keys = try records.activationKeys(Array(Set(hosts.values.map(\.activationKey))))
        let contracts = try records.contracts(Array(Set(hosts.values.map(\.contract))))
        let holds = try records.holds()
        let windows = try records.groupWindows()
        grants = try records.grants(of: Array(hosts.keys))
        try rollouts.update(from: records)

        var verdicts: [Verdict] = []
        var guests: [(place: Int, guest: Guest)] = []
        var progress: [(host: HostID, progress: HostProgress)] = []
        for (place, arrival) in arrivals.enumerated() {
            verdicts.append(.refused(Refusals.unknownHost))
            guard var host = hosts[arrival.host] else { continue }
            guard host.state != .retired else {
                verdicts[place] = .refused(Refusals.retired)
                continue
            }
            let judgement = CheckInJudgement.judge(
                counter: arrival.checkIn.counter, digest: arrival.digest, bootID: arrival.checkIn.bootID,
                machineID: arrival.checkIn.facts.machineID, knownMachineID: host.facts.machineID, host.progress)
            guard judgement != .copied else {
                verdicts[place] = .copied
                try records.noteCopy(of: [host.id], at: arrival.time)
                continue
            }
            var events: [CheckIn.Event] = []
            let eligibility = systems.eligibility(
                of: arrival.checkIn.facts, by: policy.coverage, on: arrival.time.dayInTokyo)
            if judgement == .next {
                events = try take(arrival, eligibility, into: &host)
                progress.append((host.id, host.progress))
                hosts[host.id] = host
            }
            let entitlement = Entitlement(
                of: host.id, eligibility, key: keys[host.activationKey], contract: contracts[host.contract],
                policy: policy, at: arrival.time)
            guests.append(
                (
                    place,
                    Guest(
                        arrival: arrival, entitlement: entitlement, holds: Holds(of: host, holds), events: events)
                ))
        }
        try records.put(progress)
        try settle(guests.map(\.guest), windows)
        for (place, guest) in guests { verdicts[place] = .decided(decision(for: guest)) }
        return verdicts
    }

    /// Takes what a host says into its record; what is new of it is written.
    ///
    /// - Returns: The events that were not known.
    private func take(
        _ arrival: Arrival, _ eligibility: EligibilityAnswer, into host: inout HostRecord
    ) throws(StoreError) -> [CheckIn.Event] {
        let checkIn = arrival.checkIn
        let old = host
        let events = checkIn.events.filter { $0.number > old.progress.eventsKept }.sorted { $0.number < $1.number }
        host.facts = checkIn.facts
        host.targets = checkIn.targets
        host.holds = checkIn.holds
        host.eligibility = eligibility
        for event in events {
            switch event.kind {
            case .halted: host.halted = arrival.time
            case .resumed: host.halted = nil
            case .applied, .failed, .reverted, .crashed, .revoked: break
            }
        }
        host.progress.counter = checkIn.counter
        host.progress.digest = arrival.digest
        host.progress.note(bootID: checkIn.bootID)
        host.progress.seen = arrival.time
        host.progress.eventsKept = events.last?.number ?? old.progress.eventsKept
        if !events.isEmpty {
            try records.add(events.map { HostEventRecord(host: old.id, event: $0, received: arrival.time) })
        }
        if host.targets != old.targets { try records.putTargets(of: [host]) }
        if host.facts != old.facts || host.targets != old.targets || host.holds != old.holds
            || host.eligibility != old.eligibility || host.halted != old.halted
        {
            try records.putSaid(by: host)
        }
        return events
    }

    /// Brings grants up to what hosts say, gives new ones, and looks whether rollouts go on.
    private mutating func settle(_ guests: [Guest], _ windows: [GroupWindow]) throws(StoreError) {
        let touched = guests.flatMap { self.touched(by: $0, windows) }
        guard !touched.isEmpty else { return }
        // Whoever gives a grant holds the rollout: it cannot be halted between this look at it and the grant.
        var held: [String: RolloutRecord] = [:]
        for rollout in try records.rollouts(locking: Array(Set(touched))) { held[rollout.id] = rollout }
        for (id, rollout) in held { rollouts[id] = rollout }
        grants = try records.grants(of: Array(hosts.keys))
        for guest in guests { update(guest, held) }
        try records.put(changedGrants)
        for rollout in held.values.sorted(by: { $0.id < $1.id }) {
            // One check-in's time for all: those of a batch are moments apart.
            let now = guests.map(\.arrival.time).max() ?? rollout.opened
            rollouts[rollout.id] = try records.advance(rollout, at: now)
        }
        changedGrants = []
        for guest in guests { try give(to: guest, Set(held.keys), windows) }
        try records.put(changedGrants)
    }

    /// The rollouts that a check-in may change something of.
    private func touched(by guest: Guest, _ windows: [GroupWindow]) -> [String] {
        guard let host = hosts[guest.arrival.host] else { return [] }
        let own = grants[host.id] ?? []
        let changed = own.filter { grant in
            rollouts[grant.rollout].map { updated(grant, $0, host, guest) != grant } ?? false
        }
        return changed.map(\.rollout)
            + rollouts.names(for: host.targets.map(\.buildID)).compactMap { rollouts[$0] }.filter { rollout in
                wants(rollout, host, guest, windows)
                    && RolloutRules.ring(for: host, in: rollout, canaries: 0) != nil
            }.map(\.id)
    }

    private func updated(_ grant: Grant, _ rollout: RolloutRecord, _ host: HostRecord, _ guest: Guest) -> Grant {
        GrantRules.updated(
            grant, of: rollout, by: host, events: guest.events, products: guest.entitlement.products,
            holds: guest.holds, at: guest.arrival.time)
    }

    private func wants(_ rollout: RolloutRecord, _ host: HostRecord, _ guest: Guest, _ windows: [GroupWindow]) -> Bool {
        let has = grants[host.id]?.contains { $0.rollout == rollout.id && $0.outcome != .gone } ?? false
        return !has && rollout.state != .halted
            && GrantRules.isWanted(
                rollout, for: host, products: guest.entitlement.products, holds: guest.holds,
                catalogue: guest.arrival.catalogue)
            && windows.isOpen(for: host.group, at: guest.arrival.time)
    }

    private mutating func update(_ guest: Guest, _ held: [String: RolloutRecord]) {
        guard let host = hosts[guest.arrival.host] else { return }
        for (place, grant) in (grants[host.id] ?? []).enumerated() {
            guard let rollout = held[grant.rollout] else { continue }
            let next = updated(grant, rollout, host, guest)
            guard next != grant else { continue }
            grants[host.id]?[place] = next
            changedGrants.append(next)
        }
    }

    private mutating func give(to guest: Guest, _ held: Set<String>, _ windows: [GroupWindow]) throws(StoreError) {
        guard let host = hosts[guest.arrival.host] else { return }
        for id in held.sorted() {
            guard let rollout = rollouts[id], wants(rollout, host, guest, windows) else { continue }
            let canaries =
                rollout.ring == 0
                ? try records.tally(ofRollout: id).granted(ring: 0)
                    + changedGrants.count { $0.rollout == id && $0.isCanary } : 0
            guard let (ring, isCanary) = RolloutRules.ring(for: host, in: rollout, canaries: canaries) else { continue }
            let grant = Grant(
                rollout: id, host: host.id, ring: ring, isCanary: isCanary, granted: guest.arrival.time)
            grants[host.id, default: []].removeAll { $0.rollout == id }
            grants[host.id, default: []].append(grant)
            changedGrants.append(grant)
        }
    }

    private func decision(for guest: Guest) -> Decision {
        let arrival = guest.arrival
        let own = grants[arrival.host] ?? []
        let orders =
            hosts[arrival.host].map { host in
                OrderRules(rollouts: rollouts, catalogue: arrival.catalogue)
                    .orders(for: host, own, products: guest.entitlement.products, guest.holds)
            } ?? []
        let isAwaited = own.contains { $0.outcome == .pending && rollouts[$0.rollout]?.state != .halted }
        return Decision(
            entitlement: guest.entitlement,
            instructions: Instructions(
                host: arrival.host, number: arrival.checkIn.counter, issued: arrival.time,
                expires: arrival.time.adding(seconds: policy.instructions), orders: orders),
            nextCheckIn: isAwaited ? min(policy.interval, policy.intervalAfterGrant) : policy.interval,
            eventsKept: hosts[arrival.host]?.progress.eventsKept ?? 0)
    }
}

extension Records {
    /// Looks whether a rollout, which the transaction holds, goes on or must be halted, and writes that.
    func advance(_ rollout: RolloutRecord, at now: Moment) throws(StoreError) -> RolloutRecord {
        guard rollout.state != .halted else { return rollout }
        for place in 0...rollout.ring {
            let ring = rollout.rings[place]
            _ = try noteSilence(
                ofRollout: rollout.id, ring: place, since: now.adding(seconds: -ring.silence),
                isBaking: place == rollout.ring && rollout.state == .running, at: now)
        }
        let (next, steps) = RolloutRules.advance(rollout, try tally(ofRollout: rollout.id), at: now)
        if next != rollout { try put(next) }
        for step in steps {
            try add(step, to: rollout.id)
            try log("rollout.\(step.kind.rawValue)", of: rollout.id, by: step.actor, at: now, detail: step.detail)
        }
        return next
    }
}
