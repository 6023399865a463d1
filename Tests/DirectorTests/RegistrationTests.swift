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
