// SPDX-License-Identifier: Apache-2.0

import Director
import HostProtocol
import ServicePolicy
import ServiceStore
import ServiceTesting
import Testing

@Suite(.serialized) struct HostRecordsTests {
    private let now = SampleFleet.start

    private static func record(_ host: SampleHost, _ key: ActivationKey, at now: Moment) -> HostRecord {
        var record = HostRecord(
            host.key.host, publicKey: host.key.publicKey, activationKey: key, facts: host.facts,
            eligibility: EligibilityAnswer(
                CoveragePolicy.standard.eligibility(of: host.facts.system, on: now.dayInTokyo)), from: "192.0.2.7",
            at: now)
        record.targets = host.targets
        return record
    }

    private func key(_ group: String) -> ActivationKey {
        ActivationKey(
            ActivationKeySecret(), contract: SampleFleet.contract, limit: nil, expires: nil, group: group, products: [],
            note: "", created: now)
    }

    @Test(arguments: TestDatabase.allCases)
    func `a host is read as it was written`(_ database: TestDatabase) async throws {
        try await database.withStore { store, _ in
            var host = SampleHost("alpha 日本", tags: ["env:prod", "50%_!", "two words"])
            host.holds = [.init(buildID: "*", level: 2, since: now, reason: "日曜まで")]
            var record = Self.record(host, key("web"), at: now)
            record.replaces = HostKey().host
            record.ticket = "abc"
            record.halted = now
            record.holds = host.holds
            record.progress = HostProgress(
                counter: 7, digest: "d", boots: ["a", "b"], seen: now.adding(seconds: 5), eventsKept: 3)
            let written = record
            try await store.write { try $0.put(written) }
            #expect(try await store.read { try $0.host(written.id) } == written)
            #expect(try await store.read { try $0.host(ofTicket: "abc") } == written.id)
            #expect(try await store.read { try $0.publicKey(of: written.id) } == host.key.publicKey.text)

            var filter = HostFilter()
            for (tag, count) in [("env:prod", 1), ("50%_!", 1), ("env", 0), ("50%", 0), ("two words", 1), ("words", 0)]
            {
                filter.tag = tag
                let chosen = filter
                #expect(try await store.read { try $0.hosts(chosen).total } == count, "\(tag)")
            }
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `events are kept once, whatever is sent again`(_ database: TestDatabase) async throws {
        try await database.withStore { store, _ in
            let record = Self.record(SampleHost("alpha"), key("web"), at: now)
            let events = (1...3).map { number in
                HostEventRecord(
                    host: record.id,
                    event: .init(
                        number: Int64(number), time: now, kind: .failed, patch: SampleFleet.patch(1), rollout: "r",
                        detail: "no room"), received: now)
            }
            try await store.write { records in
                try records.put(record)
                try records.add(events)
                try records.add(Array(events.dropFirst()))
            }
            #expect(try await store.read { try $0.events(of: record.id) } == events.reversed())
            #expect(try await store.read { try $0.events(ofRollout: "r", limit: 2) }.count == 2)
            #expect(try await store.read { try $0.events(ofRollout: "s") }.isEmpty)
        }
    }

    /// Every question that a page asks, on a fleet of 10,000.
    @Test(arguments: TestDatabase.allCases)
    func `ten thousand hosts are listed, searched and counted`(_ database: TestDatabase) async throws {
        try await database.withStore { store, _ in
            let (web, mail) = (key("web"), key("mail"))
            let count = 10_000
            let now = now
            let ids = try await store.write { records -> [HostID] in
                var made: [HostRecord] = []
                for number in 0..<count {
                    var host = SampleHost("host-\(number)", tags: number.isMultiple(of: 4) ? ["env:prod"] : [])
                    host.targets[0].level = number % 3
                    var record = Self.record(host, number < 6000 ? web : mail, at: now)
                    if number < 10 { record.state = .retired }
                    if number == 20 { record.copied = now }
                    record.progress.seen = now.adding(seconds: Int64(number))
                    made.append(record)
                }
                try records.put(made)
                return made.map(\.id)
            }
            func total(_ change: (inout HostFilter) -> Void) async throws -> Int {
                var filter = HostFilter()
                change(&filter)
                let chosen = filter
                return try await store.read { try $0.hosts(chosen).total }
            }
            #expect(try await total { _ in } == 9990)
            #expect(try await total { $0.state = .retired } == 10)
            #expect(try await total { $0.group = "mail" } == 4000)
            #expect(try await total { $0.tag = "env:prod" } == 2497)
            #expect(try await total { $0.text = "HOST-99" } == 111)
            #expect(try await total { $0.text = "%" } == 0)
            #expect(try await total { $0.text = "AlmaLinux" } == 9990)
            #expect(try await total { $0.activationKey = web.id } == 5990)
            #expect(try await total { $0.contract = SampleFleet.contract } == 9990)
            #expect(try await total { $0.silentSince = now.adding(seconds: 100) } == 90)
            #expect(try await total { $0.isCopied = true } == 1)
            #expect(try await total { $0.buildID = SampleFleet.build } == 9990)
            #expect(try await total { ($0.buildID, $0.belowLevel) = (SampleFleet.build, 1) } == 3330)
            #expect(try await total { ($0.buildID, $0.belowLevel) = ("ffff", 1) } == 0)

            // Each page begins where the one before ended, and the last is short.
            var names: [String] = []
            for offset in [0, 100, 9900] {
                let list = try await store.read { try $0.hosts(page: Page(offset: offset, limit: 100)) }
                names += list.hosts.map(\.facts.hostname)
            }
            #expect(names.count == 290)
            #expect(names == names.sorted())
            #expect(Set(names).count == names.count)
            let newest = try await store.read { try $0.hosts(order: .seen, page: Page(limit: 3)) }
            #expect(newest.hosts.map(\.facts.hostname) == ["host-9999", "host-9998", "host-9997"])
            let found = try await store.read { try $0.host(ids[5000]) }
            #expect(found?.facts.hostname == "host-5000")

            let summary = try await store.read { try $0.summary(silentSince: now.adding(seconds: 100)) }
            #expect(summary.states == [.active: 9990, .retired: 10])
            #expect(summary.groups == ["web": 5990, "mail": 4000])
            #expect(summary.systems == ["AlmaLinux 9.x": 9990])
            #expect((summary.silent, summary.copied) == (90, 1))
            let uses = try await store.read { try $0.buildsInUse() }
            #expect(uses.map(\.level) == [0, 1, 2])
            #expect(uses.reduce(0) { $0 + $1.hosts } == 9990)
            #expect(uses[0].processes == uses[0].hosts * 10)
            #expect(
                try await store.read { try $0.hostCount(of: mail.id, seenSince: now.adding(seconds: 9000)) } == 1000)
            try await RolloutRecordsTests().expectLists(of: ids, in: store)
        }
    }
}
