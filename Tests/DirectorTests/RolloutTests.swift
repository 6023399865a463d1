// SPDX-License-Identifier: Apache-2.0

import Director
import HostProtocol
import LivePatch
import ServicePolicy
import ServiceStore
import ServiceTesting
import Testing

@Suite(.serialized) struct RolloutTests {
    private let start = SampleFleet.start
    private let rings = [
        Ring(.canary, success: .count(1), bake: 600, silence: 3600),
        Ring(.tag("early"), success: .percent(100), failure: .count(1), bake: 600, silence: 3600),
        Ring(.all, success: .percent(80), failure: .percent(30), bake: 600, silence: 3600),
    ]

    private func hosts(_ fleet: SampleFleet, _ count: Int) async throws -> [SampleHost] {
        var hosts: [SampleHost] = []
        for number in 0..<count {
            var host = SampleHost("host-\(number)", tags: number < 2 ? ["early"] : [])
            _ = try await fleet.register(&host)
            hosts.append(host)
        }
        return hosts
    }

    /// All hosts check in and do what they are told; the levels that they have then.
    private func turn(
        _ fleet: SampleFleet, _ hosts: inout [SampleHost], at now: Moment, obey: (Int) -> Bool = { _ in true }
    ) async throws -> [Int] {
        for place in hosts.indices {
            let answer = try await fleet.checkIn(&hosts[place], at: now)
            if obey(place) { hosts[place].obey(try fleet.orders(in: answer, of: hosts[place]), at: now) }
        }
        return hosts.map(\.targets[0].level)
    }

    @Test(arguments: TestDatabase.allCases)
    func `a good patch walks from one host to a ring to all`(_ database: TestDatabase) async throws {
        try await database.withStore { store, location in
            let fleet = try await SampleFleet(store)
            var hosts = try await hosts(fleet, 6)
            let id = try await fleet.director.beginRollout(
                "glibc", of: [SampleFleet.patch(2)], rings: rings, by: "alice", at: start
            ).id
            func state() async throws -> String {
                let rollout = try await store.read { try $0.rollout(id) }
                return rollout.map { "\($0.ring) \($0.state)" } ?? ""
            }
            #expect(try await turn(fleet, &hosts, at: start) == [2, 0, 0, 0, 0, 0])
            // The canary has told, and is watched for the time that is asked for.
            #expect(try await turn(fleet, &hosts, at: start.adding(seconds: 60)) == [2, 0, 0, 0, 0, 0])
            try await fleet.director.tick(at: start.adding(seconds: 600))
            #expect(try await state() == "0 running")
            try await fleet.director.tick(at: start.adding(seconds: 661))
            #expect(try await state() == "1 running")
            #expect(try await turn(fleet, &hosts, at: start.adding(seconds: 700)) == [2, 2, 0, 0, 0, 0])
            _ = try await turn(fleet, &hosts, at: start.adding(seconds: 800))
            // A server that was started again goes on where the other was.
            let second = try await ServiceStore(at: location)
            let again = try await Director(
                store: second, signer: fleet.signer, catalogue: fleet.director.catalogue)
            #expect(try await again.tick(at: start.adding(seconds: 1500)).map(\.ring) == [2])
            await second.close()
            #expect(try await turn(fleet, &hosts, at: start.adding(seconds: 1600)) == [2, 2, 2, 2, 2, 2])
            _ = try await turn(fleet, &hosts, at: start.adding(seconds: 1700))
            try await fleet.director.tick(at: start.adding(seconds: 2400))
            #expect(try await state() == "2 finished")
            // Whoever comes late gets it as well.
            var late = [SampleHost("late")]
            _ = try await fleet.register(&late[0])
            #expect(try await turn(fleet, &late, at: start.adding(seconds: 9000)) == [2])
            let steps = try await store.read { try $0.steps(of: id) }
            #expect(steps.map(\.kind) == [.begun, .opened, .opened, .finished])
            #expect(steps.map(\.actor) == ["alice", "director", "director", "director"])
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a canary that fails halts, and nobody else is touched`(_ database: TestDatabase) async throws {
        try await database.withStore { store, _ in
            let fleet = try await SampleFleet(store)
            var hosts = try await hosts(fleet, 5)
            let id = try await fleet.director.beginRollout(
                "bad", of: [SampleFleet.patch(1)], rings: rings, by: "alice", at: start
            ).id
            _ = try await turn(fleet, &hosts, at: start, obey: { _ in false })
            hosts[0].note(.crashed, SampleFleet.patch(1), id)
            #expect(try await turn(fleet, &hosts, at: start.adding(seconds: 60)) == [0, 0, 0, 0, 0])
            let halted = try #require(try await store.read { try $0.rollout(id) })
            #expect(halted.state == .halted)
            #expect(halted.reason == "ring 1: 1 of 1 failed, 0 of them by silence")
            // Nothing moves it but an operator: not time, and not another server.
            try await fleet.director.tick(at: start.adding(days: 3))
            #expect(try await turn(fleet, &hosts, at: start.adding(days: 3)) == [0, 0, 0, 0, 0])
            #expect(try await store.read { try $0.tally(ofRollout: id) }.counts == [0: [.failed: 1]])
            let grants = try await store.read { try $0.grants(ofRollout: id) }
            #expect(grants.map(\.detail) == ["crashed: it happened"])
            // It is resumed: the same host tries again.
            try await fleet.director.resume(rollout: id, by: "bob", at: start.adding(days: 3))
            let levels = try await turn(fleet, &hosts, at: start.adding(days: 3).adding(seconds: 60))
            #expect(levels == [1, 0, 0, 0, 0])
            _ = try await turn(fleet, &hosts, at: start.adding(days: 3).adding(seconds: 120))
            let tally = try await store.read { try $0.tally(ofRollout: id) }
            #expect(tally.counts == [0: [.succeeded: 1]])
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a canary that says nothing halts, also after it has succeeded`(_ database: TestDatabase) async throws {
        try await database.withStore { store, _ in
            let fleet = try await SampleFleet(store)
            var hosts = try await hosts(fleet, 3)
            for succeeds in [false, true] {
                let now = start.adding(days: succeeds ? 2 : 1)
                let rings = [Ring(.canary, success: .count(1), bake: 7200, silence: 3600), rings[2]]
                let id = try await fleet.director.beginRollout(
                    "x", of: [SampleFleet.patch(succeeds ? 2 : 1)], rings: rings, by: "alice", at: now
                ).id
                _ = try await turn(fleet, &hosts, at: now, obey: { _ in succeeds })
                if succeeds { _ = try await fleet.checkIn(&hosts[0], at: now.adding(seconds: 60)) }
                try await fleet.director.tick(at: now.adding(seconds: 3600))
                #expect(try await store.read { try $0.rollout(id)?.state } == .running)
                try await fleet.director.tick(at: now.adding(seconds: 3700))
                let halted = try await store.read { try $0.rollout(id) }
                #expect(halted?.state == .halted)
                #expect(halted?.reason.hasSuffix("1 of them by silence") == true)
            }
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `two servers at once make one canary`(_ database: TestDatabase) async throws {
        try await database.withStore { store, location in
            let fleet = try await SampleFleet(store)
            var hosts = try await hosts(fleet, 30)
            let second = try await ServiceStore(at: location)
            let other = try await Director(
                store: second, signer: fleet.signer, catalogue: fleet.director.catalogue)
            let id = try await fleet.director.beginRollout(
                "glibc", of: [SampleFleet.patch(1)], rings: rings, by: "alice", at: start
            ).id
            let messages = hosts.indices.map { (hosts[$0].key.host, hosts[$0].next()) }
            let (directors, start) = ([fleet.director, other], start)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (place, message) in messages.enumerated() {
                    group.addTask {
                        _ = try await directors[place % 2].checkIn(message.1, of: message.0, at: start)
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await store.read { try $0.tally(ofRollout: id) }.counts == [0: [.pending: 1]])
            await second.close()
        }
    }

    @Test func `a halt with rollback takes hosts back to what they had`() async throws {
        try await TestDatabase.sqlite.withStore { store, _ in
            let fleet = try await SampleFleet(store)
            var hosts = try await hosts(fleet, 3)
            let all = [Ring(.all, bake: 0)]
            for level in 1...2 {
                _ = try await fleet.director.beginRollout(
                    "level \(level)", of: [SampleFleet.patch(level)], rings: all, by: "alice",
                    at: start.adding(seconds: Int64(level)))
                _ = try await turn(fleet, &hosts, at: start.adding(seconds: Int64(level) * 10))
                _ = try await turn(fleet, &hosts, at: start.adding(seconds: Int64(level) * 10 + 1))
            }
            #expect(hosts.map(\.targets[0].level) == [2, 2, 2])
            let newest = try #require(try await store.read { try $0.rollouts().first })
            try await fleet.director.halt(rollout: newest.id, because: "slow", by: "bob", at: start.adding(seconds: 40))
            // A halt alone takes nothing back.
            #expect(try await turn(fleet, &hosts, at: start.adding(seconds: 50)) == [2, 2, 2])
            try await fleet.director.halt(
                rollout: newest.id, because: "slow", rollBack: true, by: "bob", at: start.adding(seconds: 60))
            #expect(try await turn(fleet, &hosts, at: start.adding(seconds: 70)) == [1, 1, 1])
            #expect(try await turn(fleet, &hosts, at: start.adding(seconds: 80)) == [1, 1, 1])
        }
    }

    @Test func `a revoked patch is taken back, and given to nobody`() async throws {
        try await TestDatabase.sqlite.withStore { store, _ in
            let fleet = try await SampleFleet(store)
            var hosts = try await hosts(fleet, 2)
            _ = try await fleet.director.beginRollout(
                "x", of: [SampleFleet.patch(1)], rings: [Ring(.all, bake: 0)], by: "alice", at: start)
            #expect(try await turn(fleet, &hosts, at: start) == [1, 1])
            fleet.director.catalogue = try SampleFleet.catalogue(levels: 3, revoked: [SampleFleet.patch(1)])
            var late = [SampleHost("late")]
            _ = try await fleet.register(&late[0])
            #expect(try await turn(fleet, &hosts, at: start.adding(seconds: 60)) == [0, 0])
            #expect(try await turn(fleet, &late, at: start.adding(seconds: 60)) == [0])
            await #expect(throws: DirectorError.revoked(SampleFleet.patch(1))) {
                try await fleet.director.beginRollout("y", of: [SampleFleet.patch(1)], by: "alice", at: start)
            }
        }
    }

    @Test func `a host that is held, quarantined, halted or out of its hours is not granted`() async throws {
        try await TestDatabase.sqlite.withStore { store, _ in
            let fleet = try await SampleFleet(store)
            var hosts = try await hosts(fleet, 7)
            let (start, ids) = (start, hosts.map(\.key.host))
            hosts[0].holds = [.init(buildID: "*", level: nil, since: start, reason: "")]
            hosts[1].holds = [.init(buildID: SampleFleet.build, level: 1, since: start, reason: "")]
            hosts[2].note(.halted, nil, nil)
            try await store.write { records in
                try records.add(
                    HoldRecord(
                        id: "h", .host(ids[3]), buildID: nil, product: "glibc", level: nil, since: start, reason: "",
                        author: "alice"))
                try records.setQuarantined(true, ids[4], by: "alice", at: start)
                try records.set(group: "night", of: ids[5])
                try records.add(
                    GroupWindow(id: "w", group: "night", weekdays: [6], starts: 0, minutes: 60, utcOffset: 0))
            }
            let id = try await fleet.director.beginRollout(
                "x", of: [SampleFleet.patch(2)], rings: [Ring(.all, bake: 0)], by: "alice", at: start
            ).id
            #expect(try await turn(fleet, &hosts, at: start) == [0, 0, 0, 0, 0, 0, 2])
            #expect(try await store.read { try $0.tally(ofRollout: id) }.granted(ring: 0) == 1)
            // Each gets it when what held it is gone.
            hosts[0].holds = []
            hosts[1].holds[0].level = 2
            hosts[2].note(.resumed, nil, nil)
            try await store.write { records in
                try records.removeHold("h")
                try records.setQuarantined(false, ids[4], by: "alice", at: start)
                try records.removeGroupWindow("w")
            }
            #expect(try await turn(fleet, &hosts, at: start.adding(seconds: 60)) == [2, 2, 2, 2, 2, 2, 2])
        }
    }

    @Test func `a host that may not take any more what it was granted counts neither as success nor as failure`()
        async throws
    {
        try await TestDatabase.sqlite.withStore { store, _ in
            let fleet = try await SampleFleet(store)
            var hosts = try await hosts(fleet, 4)
            let id = try await fleet.director.beginRollout(
                "x", of: [SampleFleet.patch(2)], rings: [Ring(.all, bake: 0)], by: "alice", at: start
            ).id
            #expect(try await turn(fleet, &hosts, at: start, obey: { $0 == 3 }) == [0, 0, 0, 2])
            // One is held by its administrator, one quarantined, and one uses nothing of it any more.
            hosts[0].holds = [.init(buildID: "*", level: nil, since: start, reason: "")]
            let (quarantined, start) = (hosts[1].key.host, start)
            try await store.write { try $0.setQuarantined(true, quarantined, by: "alice", at: start) }
            hosts[2].targets = []
            for place in hosts.indices { _ = try await fleet.checkIn(&hosts[place], at: start.adding(seconds: 60)) }
            #expect(
                try await store.read { try $0.tally(ofRollout: id) }.counts == [0: [.gone: 3, .succeeded: 1]])
            try await fleet.director.tick(at: start.adding(days: 2))
            #expect(try await store.read { try $0.rollout(id)?.state } == .finished)
        }
    }

    @Test func `nothing new is given without a right to it`() async throws {
        try await TestDatabase.sqlite.withStore { store, _ in
            let fleet = try await SampleFleet(store, products: ["openssl"])
            var hosts = try await hosts(fleet, 2)
            _ = try await fleet.director.beginRollout(
                "x", of: [SampleFleet.patch(1)], rings: [Ring(.all, bake: 0)], by: "alice", at: start)
            #expect(try await turn(fleet, &hosts, at: start) == [0, 0])
        }
    }

    @Test func `a plan that cannot be is refused with the reason`() async throws {
        try await TestDatabase.sqlite.withStore { store, _ in
            let fleet = try await SampleFleet(store)
            let start = start
            func refusal(_ title: String = "x", _ patches: [Int] = [1], _ rings: [Ring] = Ring.usual) async
                -> DirectorError?
            {
                do {
                    _ = try await fleet.director.beginRollout(
                        title, of: patches.map { SampleFleet.patch($0) }, rings: rings, by: "alice", at: start)
                    return nil
                } catch {
                    return error
                }
            }
            #expect(await refusal() == nil)
            #expect(await refusal("") == .badText(""))
            #expect(await refusal("x", []) == .noPatches)
            #expect(await refusal("x", [9]) == .notPublished(SampleFleet.patch(9)))
            #expect(await refusal("x", [1, 2]) == .twoForOneBuild(SampleFleet.build))
            #expect(await refusal("x", [1], []) == .ringCount(0))
            #expect(await refusal("x", [1], [Ring(.all), Ring(.canary)]) == .canaryIsNotFirst)
            #expect(await refusal("x", [1], [Ring(.percent(20)), Ring(.percent(20))]) == .percentFalls(20))
            #expect(await refusal("x", [1], [Ring(.all, bake: -1)]) == .badTime(-1))
            #expect(await refusal("x", [1], [Ring(.all, silence: 59)]) == .badTime(59))
            let id = try #require(try await store.read { try $0.rollouts().first?.id })
            await #expect(throws: DirectorError.wrongState(rollout: id, .running)) {
                try await fleet.director.resume(rollout: id, by: "bob", at: start)
            }
            try await fleet.director.halt(rollout: id, because: "", by: "bob", at: start)
            await #expect(throws: DirectorError.wrongState(rollout: id, .halted)) {
                try await fleet.director.finish(rollout: id, by: "bob", at: start)
            }
            await #expect(throws: DirectorError.store(.noSuch(.rollout, "none"))) {
                try await fleet.director.finish(rollout: "none", by: "bob", at: start)
            }
        }
    }
}
