// SPDX-License-Identifier: Apache-2.0

import HostProtocol
import ServicePolicy
import ServiceStore
import ServiceTesting
import TestSupport
import Testing

@testable import Director

/// A fleet in which anything happens at any time, and what must hold of a rollout whatever happens.
struct RolloutPropertyTests {
    /// The records of one rollout, in memory.
    private struct World {
        var rollout: RolloutRecord
        var grants: [HostID: Grant] = [:]
        var seen: [HostID: Moment] = [:]
        var hosts: [HostRecord]
        var now = SampleFleet.start

        var tally: Tally {
            var tally = Tally()
            for grant in grants.values { tally.counts[grant.ring, default: [:]][grant.outcome, default: 0] += 1 }
            return tally
        }

        /// What the records do: silence first, then the rules.
        mutating func advance() {
            guard rollout.state != .halted else { return }
            for (host, grant) in grants {
                guard grant.ring <= rollout.ring else { continue }
                let limit = now.adding(seconds: -rollout.rings[grant.ring].silence)
                let isBaking = grant.ring == rollout.ring && rollout.state == .running
                let isSilent =
                    grant.outcome == .pending
                    || (grant.outcome == .succeeded && isBaking && (seen[host] ?? now) < limit)
                if grant.granted < limit, isSilent { grants[host]?.outcome = .silent }
            }
            rollout = RolloutRules.advance(rollout, tally, at: now).rollout
        }

        mutating func checkIn(_ host: HostRecord, fails: Bool, succeeds: Bool) {
            seen[host.id] = now
            if let grant = grants[host.id] {
                guard grant.outcome != .failed, grant.outcome != .gone else { return }
                if fails {
                    grants[host.id]?.outcome = .failed
                } else if succeeds {
                    grants[host.id]?.outcome = .succeeded
                }
                return
            }
            let canaries = tally.granted(ring: 0)
            guard let (ring, isCanary) = RolloutRules.ring(for: host, in: rollout, canaries: canaries) else { return }
            grants[host.id] = Grant(
                rollout: rollout.id, host: host.id, ring: ring, isCanary: isCanary, granted: now)
        }
    }

    private static func hosts(_ count: Int, _ generator: inout SeededGenerator) -> [HostRecord] {
        let key = ActivationKey(
            ActivationKeySecret(), contract: "C", limit: nil, expires: nil, group: "g", products: [], note: "",
            created: SampleFleet.start)
        return (0..<count).map { number in
            let sample = SampleHost("h\(number)", tags: Bool.random(using: &generator) ? ["t"] : [])
            return HostRecord(
                sample.key.host, publicKey: sample.key.publicKey, activationKey: key, facts: sample.facts,
                eligibility: .init(system: nil, products: [], refusals: [], flags: []), from: "", at: SampleFleet.start)
        }
    }

    @Test(arguments: 0..<40)
    func `whatever happens, one host tries first, and a halt is a halt`(_ number: Int) {
        var generator = SeededGenerator(seed: SeededGenerator.seed &+ UInt64(number))
        let hosts = Self.hosts(Int.random(in: 1...40, using: &generator), &generator)
        let plans: [[Ring]] = [
            Ring.usual,
            [Ring(.canary, success: .count(1), bake: 0), Ring(.tag("t"), failure: .count(2)), Ring(.all)],
            [
                Ring(.canary, success: .count(1)), Ring(.percent(30), failure: .percent(20)),
                Ring(.all, failure: .count(3)),
            ],
        ]
        var world = World(
            rollout: RolloutRecord(
                id: "r\(number)", title: "", patches: [], rings: plans[number % plans.count], by: "a",
                at: SampleFleet.start), hosts: hosts)
        let isBad = number.isMultiple(of: 3)
        for _ in 0..<600 {
            let before = world
            world.now = world.now.adding(seconds: Int64.random(in: 0...1800, using: &generator))
            let action = Int.random(in: 0..<100, using: &generator)
            switch action {
            case 0: world.rollout.state = .halted
            case 1 where world.rollout.state == .halted:
                world.rollout.state = .running
                for (host, grant) in world.grants where [.failed, .silent].contains(grant.outcome) {
                    world.grants[host]?.outcome = .pending
                    world.grants[host]?.granted = world.now
                }
            case 2:
                let host = hosts[Int.random(in: hosts.indices, using: &generator)]
                world.grants[host.id]?.outcome = .gone
            case 3..<70:
                let host = hosts[Int.random(in: hosts.indices, using: &generator)]
                let fails =
                    isBad
                    ? Int.random(in: 0..<2, using: &generator) == 0 : Int.random(in: 0..<200, using: &generator) == 0
                world.checkIn(host, fails: fails, succeeds: Int.random(in: 0..<3, using: &generator) > 0)
            default: world.advance()
            }
            Self.expectInvariants(before, world)
        }
    }

    private static func expectInvariants(_ before: World, _ world: World) {
        let rollout = world.rollout
        let live = world.grants.values.filter { $0.outcome != .gone }
        // One host tries at a time; nobody else is granted before the rings behind it are opened.
        #expect(live.filter { $0.ring == 0 }.count <= 1)
        if rollout.ring == 0 { #expect(live.allSatisfy { $0.ring == 0 && $0.isCanary }) }
        #expect(live.allSatisfy { $0.ring <= rollout.ring })
        // Nobody new is granted while it is halted, and only an operator ends that.
        if before.rollout.state == .halted, rollout.state == .halted {
            #expect(Set(world.grants.keys) == Set(before.grants.keys))
            #expect(rollout.ring == before.rollout.ring)
        }
        // Rings open one after the other, and only where enough have succeeded.
        #expect(rollout.ring - before.rollout.ring == 0 || rollout.ring - before.rollout.ring == 1)
        if rollout.ring > before.rollout.ring {
            let ring = rollout.rings[before.rollout.ring]
            let granted = world.tally.granted(ring: before.rollout.ring)
            let succeeded = world.tally.count(.succeeded, ring: before.rollout.ring)
            if before.rollout.ring == 0 {
                #expect(succeeded == 1)
            } else if granted > 0 {
                #expect(ring.success.isReached(by: succeeded, of: granted))
            }
            // It has been so for the whole time.
            let since = before.rollout.satisfied ?? world.now
            #expect(granted == 0 || world.now >= since.adding(seconds: ring.bake))
        }
        // After each look, no rollout goes on with more failures than it may have.
        if rollout != before.rollout, rollout.state != .halted, before.rollout.state != .halted {
            for place in 0...min(before.rollout.ring, rollout.ring) {
                #expect(
                    !rollout.rings[place].failure.isReached(
                        by: world.tally.count(.failed, .silent, ring: place), of: world.tally.granted(ring: place)))
            }
        }
    }

    @Test func `the same rollout, numbers and time always give the same decision, and no second one`() {
        var generator = SeededGenerator(seed: SeededGenerator.seed)
        for _ in 0..<500 {
            var rollout = RolloutRecord(
                id: "r", title: "", patches: [], rings: Ring.usual, by: "a", at: SampleFleet.start)
            rollout.ring = Int.random(in: 0..<4, using: &generator)
            if Bool.random(using: &generator) { rollout.satisfied = SampleFleet.start }
            let tally = Tally(
                Dictionary(
                    uniqueKeysWithValues: (0..<4).map { ring in
                        (
                            ring,
                            [
                                .succeeded: Int.random(in: 0...30, using: &generator),
                                .failed: Int.random(in: 0...1, using: &generator),
                                .pending: Int.random(in: 0...3, using: &generator),
                            ]
                        )
                    }))
            let now = SampleFleet.start.adding(seconds: Int64.random(in: 0...9000, using: &generator))
            let (first, steps) = RolloutRules.advance(rollout, tally, at: now)
            #expect(RolloutRules.advance(rollout, tally, at: now).rollout == first)
            // A second look at the same moment halts nothing more, and opens nothing for which there is no proof.
            let second = RolloutRules.advance(first, tally, at: now)
            if first.state == .halted { #expect(second.rollout == first && second.steps.isEmpty) }
            if steps.isEmpty { #expect(second.rollout == first) }
        }
    }

    @Test(arguments: 1...12)
    func `silence alone leads to a halt`(_ hours: Int) {
        var generator = SeededGenerator(seed: SeededGenerator.seed)
        var world = World(
            rollout: RolloutRecord(
                id: "r", title: "", patches: [],
                rings: [Ring(.canary, success: .count(1), silence: Int64(hours) * 3600), Ring(.all)],
                by: "a", at: SampleFleet.start), hosts: Self.hosts(3, &generator))
        world.checkIn(world.hosts[0], fails: false, succeeds: false)
        world.now = world.now.adding(seconds: Int64(hours) * 3600)
        world.advance()
        #expect(world.rollout.state == .running)
        world.now = world.now.adding(seconds: 1)
        world.advance()
        #expect(world.rollout.state == .halted)
        #expect(world.rollout.ring == 0)
    }
}
