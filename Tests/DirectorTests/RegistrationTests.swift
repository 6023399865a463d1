// SPDX-License-Identifier: Apache-2.0

import Director
import HostProtocol
import ServicePolicy
import ServiceStore
import ServiceTesting
import Testing
import UpdateFramework

@Suite(.serialized) struct RegistrationTests {
    private let start = SampleFleet.start

    @Test(arguments: TestDatabase.allCases)
    func `a host registers, checks in and leaves`(_ database: TestDatabase) async throws {
        try await database.withStore { store, _ in
            let fleet = try await SampleFleet(store)
            var host = SampleHost("alpha")
            let answer = try await fleet.register(&host)
            let lease = try #require(answer.lease)
            let keys = RoleKeys(keys: [fleet.signer.publicKey.id: fleet.signer.publicKey], threshold: 1)
            let statement = try SignedStatement<HostLease>(lease, by: keys, for: host.key.host).content
            #expect(statement.products == ["kernel", "glibc", "openssl"])
            #expect(statement.lease.expires == start.adding(days: 30))
            #expect(statement.lease.graceEnds == start.adding(days: 44))
            #expect(answer.instructions == nil)
            let token = try #require(answer.token)
            #expect(fleet.director.token(token, at: start)?.host == host.key.host)
            #expect(fleet.director.token(token, at: start)?.products == statement.products)
            #expect(fleet.director.token(token, at: start.adding(days: 1)) == nil)
            #expect(fleet.director.token(token.replacing("glibc", with: "nginx"), at: start) == nil)
            #expect(try await fleet.director.key(of: host.key.host) == host.key.publicKey)

            let second = try await fleet.checkIn(&host, at: start.adding(seconds: 60))
            #expect(try fleet.orders(in: second, of: host).isEmpty)
            let id = host.key.host
            let record = try #require(try await store.read { try $0.host(id) })
            #expect(record.progress.seen == start.adding(seconds: 60))
            #expect(record.targets == host.targets)
            #expect(record.group == "web")

            try await fleet.director.unregister(host.key.host, at: start.adding(seconds: 120))
            try await fleet.director.unregister(host.key.host, at: start.adding(seconds: 121))
            await expect(.retired) { _ = try await fleet.checkIn(&host, at: start.adding(seconds: 180)) }
            await expect(.unknownHost) { try await fleet.director.unregister(HostKey().host, at: start) }
            await expect(.unknownHost) { _ = try await fleet.director.key(of: HostKey().host) }
            var stranger = SampleHost("stranger")
            await expect(.unknownHost) { _ = try await fleet.checkIn(&stranger, at: start) }
            // It may come back, and is as new.
            _ = try await fleet.register(&host, at: start.adding(seconds: 240))
            _ = try await fleet.checkIn(&host, at: start.adding(seconds: 300))
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a key opens as many registrations as it may`(_ database: TestDatabase) async throws {
        try await database.withStore { store, _ in
            let fleet = try await SampleFleet(store, limit: 2)
            var (one, two, three) = (SampleHost("one"), SampleHost("two"), SampleHost("three"))
            _ = try await fleet.register(&one)
            _ = try await fleet.register(&two)
            await expect(.exhaustedKey) { _ = try await fleet.register(&three) }
            // Whoever registers again counts once.
            _ = try await fleet.register(&one)
            try await fleet.director.unregister(two.key.host, at: start)
            _ = try await fleet.register(&three)
            await expect(.exhaustedKey) { _ = try await fleet.register(&two) }
            // Hosts that have died, with their leases, count no more.
            _ = try await fleet.register(&two, at: start.adding(days: 45))
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `many that register at once do not pass the limit`(_ database: TestDatabase) async throws {
        try await database.withStore { store, location in
            let fleet = try await SampleFleet(store, limit: 5)
            let count = await withTaskGroup(of: Bool.self) { group in
                for number in 0..<20 {
                    group.addTask {
                        var host = SampleHost("host-\(number)")
                        return (try? await fleet.register(&host)) != nil
                    }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(count == 5)
        }
    }

    @Test func `a key that is wrong, revoked or over opens nothing`() async throws {
        try await TestDatabase.sqlite.withStore { store, _ in
            let fleet = try await SampleFleet(store)
            let host = SampleHost("alpha")
            let start = start
            func code(_ key: String, at moment: Moment = start) async -> ServiceRefusal.Code? {
                do {
                    _ = try await fleet.director.register(
                        Registration(.activationKey(key), key: host.key.publicKey, facts: host.facts), from: "x",
                        at: moment)
                    return nil
                } catch {
                    return error.code
                }
            }
            #expect(await code("KTG-nonsense") == .unknownKey)
            #expect(await code("") == .unknownKey)
            #expect(await code(ActivationKeySecret().text) == .unknownKey)
            // The contract's year is over, or has not begun.
            #expect(await code(fleet.secret.text, at: start.adding(days: 366)) == .expiredKey)
            #expect(await code(fleet.secret.text, at: start.adding(days: -2)) == .expiredKey)
            let short = ActivationKeySecret()
            try await store.write { records in
                try records.add(
                    ActivationKey(
                        short, contract: SampleFleet.contract, limit: nil, expires: start.adding(days: 1), group: "g",
                        products: [], note: "", created: start))
            }
            #expect(await code(short.text, at: start.adding(days: 1)) == .expiredKey)
            #expect(await code(short.text) == nil)
            try await store.write { try $0.revokeActivationKey(short.id, at: start) }
            #expect(await code(short.text) == .expiredKey)
            // Its host keeps what it has: it is heard, and gets no lease.
            var known = host
            let answer = try await fleet.checkIn(&known, at: start)
            #expect(answer.lease == nil)
            #expect(answer.token == nil)
            #expect(answer.eligibility.refusals.map(\.clause) == ["LP-2.2"])
        }
    }

    @Test func `a system that is not covered registers, and gets no lease but the clause`() async throws {
        try await TestDatabase.sqlite.withStore { store, _ in
            let fleet = try await SampleFleet(store)
            var host = SampleHost("debian")
            host.facts.osRelease = "ID=debian\nNAME=\"Debian GNU/Linux\"\nVERSION_ID=\"12\"\n"
            host.facts.kernel = "6.1.0-56-amd64"
            let answer = try await fleet.register(&host)
            #expect(answer.lease == nil)
            #expect(answer.eligibility.refusals.map(\.clause) == ["LP-2.1-※1"])
            var policy = DirectorPolicy()
            policy.coverage = CoveragePolicy.standard.joined(with: .additional)
            let second = try await Director(
                store: store, signer: fleet.signer, catalogue: fleet.director.catalogue, policy: policy)
            let covered = try await second.checkIn(host.next(), of: host.key.host, at: start.adding(seconds: 60))
            #expect(covered.lease != nil)
            #expect(covered.eligibility.products == ["kernel", "glibc", "openssl"])
        }
    }
}

/// Expects a refusal.
func expect(
    _ code: ServiceRefusal.Code, sourceLocation: SourceLocation = #_sourceLocation, _ body: () async throws -> Void
) async {
    do {
        try await body()
        Issue.record("nothing was refused", sourceLocation: sourceLocation)
    } catch {
        #expect((error as? ServiceRefusal)?.code == code, sourceLocation: sourceLocation)
    }
}
