// SPDX-License-Identifier: Apache-2.0

import Director
import HostProtocol
import ServicePolicy
import ServiceStore
import ServiceTesting
import Testing

/// Two machines with one key, as when an image is cloned.
@Suite(.serialized) struct CopyTests {
    private let start = SampleFleet.start

    /// The refusal of a check-in.
    private func refusal(_ fleet: SampleFleet, _ host: inout SampleHost, at now: Moment) async -> ServiceRefusal? {
        do {
            _ = try await fleet.checkIn(&host, at: now)
            return nil
        } catch {
            return error as? ServiceRefusal
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `the second machine gets a ticket, which opens one registration`(_ database: TestDatabase) async throws {
        try await database.withStore { store, _ in
            let fleet = try await SampleFleet(store, limit: 3)
            var host = SampleHost("alpha")
            _ = try await fleet.register(&host)
            _ = try await fleet.checkIn(&host, at: start)
            var copy = host
            copy.bootID = "boot-of-copy"
            _ = try await fleet.checkIn(&host, at: start.adding(seconds: 10))
            let refused = try #require(await refusal(fleet, &copy, at: start.adding(seconds: 20)))
            #expect(refused.code == .copied)
            let ticket = try #require(refused.ticket)
            let id = host.key.host
            #expect(try await store.read { try $0.host(id)?.copied } == start.adding(seconds: 20))

            copy.key = HostKey()
            copy.counter = 0
            let (director, now) = (fleet.director, start.adding(seconds: 30))
            let registration = Registration(.ticket(ticket), key: copy.key.publicKey, facts: copy.facts)
            #expect(try await director.register(registration, from: "x", at: now).lease != nil)
            // The answer was lost: it is given again, and the host counts once.
            #expect(try await director.register(registration, from: "x", at: now).lease != nil)
            let copyID = copy.key.host
            let record = try #require(try await store.read { try $0.host(copyID) })
            #expect(record.replaces == host.key.host)
            #expect(record.group == "web")
            let other = Registration(.ticket(ticket), key: HostKey().publicKey, facts: copy.facts)
            await expect(.unknownKey) { _ = try await director.register(other, from: "x", at: now) }
            // Both go on.
            _ = try await fleet.checkIn(&host, at: now)
            _ = try await fleet.checkIn(&copy, at: now)
            #expect(try await store.read { try $0.hosts().total } == 2)
        }
    }

    @Test func `a ticket that nobody gave, or that is old, opens nothing`() async throws {
        try await TestDatabase.sqlite.withStore { store, _ in
            let fleet = try await SampleFleet(store)
            var host = SampleHost("alpha")
            _ = try await fleet.register(&host)
            _ = try await fleet.checkIn(&host, at: start)
            (host.counter, host.bootID) = (0, "boot-of-copy")
            let ticket = try #require(await refusal(fleet, &host, at: start)?.ticket)
            let key = HostKey().publicKey
            for (text, now) in [
                (ticket, start.adding(days: 8)), (ticket.replacing("ktc1", with: "ktc2"), start), ("", start),
            ] {
                let registration = Registration(.ticket(text), key: key, facts: host.facts)
                await expect(.unknownKey) { _ = try await fleet.director.register(registration, from: "x", at: now) }
            }
        }
    }

    @Test func `a message that is sent again is answered again, and changes nothing`() async throws {
        try await TestDatabase.sqlite.withStore { store, _ in
            let fleet = try await SampleFleet(store)
            var host = SampleHost("alpha")
            _ = try await fleet.register(&host)
            host.note(.halted, nil, nil)
            let message = host.next()
            let first = try await fleet.director.checkIn(message, of: host.key.host, at: start)
            let id = host.key.host
            let before = try await store.read { try $0.host(id) }
            let second = try await fleet.director.checkIn(message, of: id, at: start.adding(seconds: 5))
            #expect(try await store.read { try $0.host(id) } == before)
            #expect(second.eventsKept == first.eventsKept)
            #expect(second.eventsKept == 1)
            #expect(try fleet.orders(in: second, of: host) == fleet.orders(in: first, of: host))
        }
    }

    @Test func `another machine ID, or a boot that was over, is a copy`() async throws {
        try await TestDatabase.sqlite.withStore { store, _ in
            let fleet = try await SampleFleet(store)
            var host = SampleHost("alpha")
            _ = try await fleet.register(&host)
            _ = try await fleet.checkIn(&host, at: start)
            host.bootID = "boot-2"
            _ = try await fleet.checkIn(&host, at: start)
            var image = host
            image.facts.machineID = String(repeating: "f", count: 64)
            #expect(await refusal(fleet, &image, at: start)?.code == .copied)
            var old = host
            old.bootID = "boot-1"
            #expect(await refusal(fleet, &old, at: start)?.code == .copied)
            // Neither has moved the host on.
            _ = try await fleet.checkIn(&host, at: start)
            // A copy that registers again with its image's activation key is told the same.
            await expect(.copied) { _ = try await fleet.register(&image) }
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `of many at once each is answered for itself`(_ database: TestDatabase) async throws {
        try await database.withStore { store, _ in
            var policy = DirectorPolicy()
            policy.batch = 16
            let fleet = try await SampleFleet(store, policy: policy)
            var hosts: [SampleHost] = []
            for number in 0..<60 {
                var host = SampleHost("host-\(number)")
                _ = try await fleet.register(&host)
                hosts.append(host)
            }
            let (director, start) = (fleet.director, start)
            let messages = hosts.indices.flatMap { place in
                // Two of each: the second is judged by what the first has written.
                [(hosts[place].key.host, hosts[place].next()), (hosts[place].key.host, hosts[place].next())]
            }
            let answers = await withTaskGroup(of: Bool.self) { group in
                for (host, message) in messages + [(HostKey().host, messages[0].1)] {
                    group.addTask { (try? await director.checkIn(message, of: host, at: start)) != nil }
                }
                return await group.reduce(into: [Bool]()) { $0.append($1) }
            }
            // The stranger gets none, and of two that overtook each other the first is late.
            #expect(answers.filter { $0 }.count >= 60)
            #expect(answers.filter { !$0 }.count >= 1)
            let records = try await store.read { try $0.hosts(page: Page(limit: 1000)).hosts }
            #expect(records.allSatisfy { $0.progress.counter == 2 })
        }
    }

    @Test func `when too many wait, the next are told to come later`() async throws {
        try await TestDatabase.sqlite.withStore { store, _ in
            var policy = DirectorPolicy()
            (policy.queue, policy.batch) = (4, 2)
            let fleet = try await SampleFleet(store, policy: policy)
            var hosts: [SampleHost] = []
            for number in 0..<40 {
                var host = SampleHost("host-\(number)")
                _ = try await fleet.register(&host)
                hosts.append(host)
            }
            let (director, start) = (fleet.director, start)
            let messages = hosts.indices.map { (hosts[$0].key.host, hosts[$0].next()) }
            let codes = await withTaskGroup(of: ServiceRefusal.Code?.self) { group in
                for (host, message) in messages {
                    group.addTask {
                        do throws(ServiceRefusal) {
                            _ = try await director.checkIn(message, of: host, at: start)
                            return nil
                        } catch {
                            return error.code
                        }
                    }
                }
                return await group.reduce(into: [ServiceRefusal.Code?]()) { $0.append($1) }
            }
            #expect(codes.allSatisfy { $0 == nil || $0 == .tooMany })
            let answered = codes.filter { $0 == nil }.count
            #expect(
                try await store.read {
                    try $0.hosts(page: Page(limit: 100)).hosts.filter { $0.progress.counter == 1 }.count
                } == answered)
        }
    }
}
