// SPDX-License-Identifier: Apache-2.0

import Director
import HostProtocol
import ServicePolicy
import ServiceStore
import ServiceTesting
import Testing

@Suite(.serialized) struct RolloutRecordsTests {
    private let now = SampleFleet.start

    private var rollout: RolloutRecord {
        RolloutRecord(
            id: "r1", title: "glibc 二",
            patches: [
                .init(
                    product: "glibc", distribution: "almalinux-9", buildID: SampleFleet.build, level: 2,
                    patch: SampleFleet.patch(2), vulnerabilities: ["CVE-2026-0001"])
            ], rings: Ring.usual + [Ring(.group("a b")), Ring(.tag("x:y"), success: .count(3))], by: "alice", at: now)
    }

    @Test(arguments: TestDatabase.allCases)
    func `a rollout with its steps is read as it was written`(_ database: TestDatabase) async throws {
        try await database.withStore { store, _ in
            var rollout = rollout
            (rollout.state, rollout.rollsBack, rollout.reason) = (.halted, true, "it crashed")
            (rollout.ring, rollout.satisfied) = (2, now)
            let written = rollout
            let steps = [
                RolloutStep(.begun, ring: 0, by: "alice", at: now, detail: "x"),
                RolloutStep(.halted, ring: 2, by: "director", at: now.adding(seconds: 9)),
            ]
            try await store.write { records in
                try records.put(self.rollout)
                try records.put(written)
                for step in steps { try records.add(step, to: "r1") }
            }
            #expect(try await store.read { try $0.rollout("r1") } == written)
            #expect(try await store.read { try $0.rollouts() } == [written])
            #expect(try await store.read { try $0.steps(of: "r1") } == steps)
            #expect(try await store.read { try $0.rollout("r2") } == nil)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `the tables themselves refuse a second canary`(_ database: TestDatabase) async throws {
        try await database.withStore { store, _ in
            let fleet = try await SampleFleet(store)
            var (one, two) = (SampleHost("one"), SampleHost("two"))
            _ = try await fleet.register(&one)
            _ = try await fleet.register(&two)
            var first = Grant(rollout: "r1", host: one.key.host, ring: 0, isCanary: true, granted: now)
            let second = Grant(rollout: "r1", host: two.key.host, ring: 0, isCanary: true, granted: now)
            let (rollout, granted) = (rollout, first)
            try await store.write { records in
                try records.put(rollout)
                try records.put([granted])
            }
            await #expect(throws: StoreError.self) { try await store.write { try $0.put([second]) } }
            first.outcome = .gone
            let gone = first
            try await store.write { records in
                try records.put([gone])
                try records.put([second])
            }
            #expect(try await store.read { try $0.tally(ofRollout: "r1") }.counts == [0: [.gone: 1, .pending: 1]])
        }
    }

    /// Every question that the page of a rollout asks, on 10,000 grants.
    func expectLists(of hosts: [HostID], in store: ServiceStore) async throws {
        let (rollout, now) = (rollout, now)
        try await store.write { records in
            try records.put(rollout)
            let grants = hosts.enumerated().map { number, host in
                var grant = Grant(
                    rollout: "r1", host: host, ring: number % 2 + 1, isCanary: false,
                    granted: now.adding(seconds: Int64(number)))
                guard number < 9000 else { return grant }
                grant.outcome = number < 10 ? .failed : .succeeded
                grant.decided = now.adding(seconds: Int64(number % 600))
                return grant
            }
            try records.put(grants)
        }
        let tally = try await store.read { try $0.tally(ofRollout: "r1") }
        #expect(tally.granted(ring: 1) == 5000)
        #expect(tally.count(.failed, ring: 2) == 5)
        let failed = try await store.read { try $0.grants(ofRollout: "r1", outcome: .failed) }
        #expect(failed.count == 10)
        #expect(failed.first?.granted == now.adding(seconds: 9))
        #expect(try await store.read { try $0.grants(ofRollout: "r1", page: Page(offset: 9990)) }.count == 10)
        let course = try await store.read { try $0.course(ofRollout: "r1") }
        #expect(course.reduce(0) { $0 + $1.count } == 10_000)
        #expect(course.filter { $0.outcome == .succeeded }.count == 10)
        #expect(course.map(\.minute) == course.map(\.minute).sorted())
        // The 1,000 that are open are silent after a while, ring by ring.
        let later = now.adding(seconds: 20_000)
        let silent = try await store.write { records in
            try records.noteSilence(ofRollout: "r1", ring: 1, since: later, isBaking: false, at: later)
        }
        #expect(silent == 500)
    }
}
