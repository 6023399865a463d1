// SPDX-License-Identifier: Apache-2.0

import Foundation
import HostProtocol
import LivePatch
import PatchCatalogue
import ServicePolicy
import TestSupport
import Testing
import UpdateFramework

@testable import HostAgent

/// A service, or somebody on the way to it, who means harm: the host is as it was, and says what is wrong.
@Suite(.timeLimit(.minutes(2))) struct AgentAttackTests {
    /// A registered host with level 1, and an attack that orders level 2.
    private func attack(
        _ name: String, levels: [String: Int] = ["abcd": 1],
        _ prepare: (FakeService, TestHost, Instructions.Order) throws -> Void,
        isExpected: (AgentError?) -> Bool = { $0 != nil }
    ) async throws {
        let service = try FakeService()
        try await service.start()
        let host = try TestHost()
        try await host.register(with: service)
        service.order(try service.add(level: 1))
        try await host.update()
        #expect(host.levels == ["abcd": 1])
        try prepare(service, host, try service.add(level: 2))
        let outcome = try await host.update()
        #expect(isExpected(outcome.trouble), "\(name): \(String(describing: outcome.trouble))")
        #expect(host.levels == levels, "\(name)")
        // What was believed before is believed still, and a service that behaves again is listened to.
        #expect(try host.state.keptInstructions != nil)
        await service.stop()
    }

    @Test func `metadata that is replayed, mixed, cut or endless`() async throws {
        try await attack("mixed") { service, _, order in
            // The snapshot of the first day under the name of the one that the timestamp lists.
            let names = try FileManager.default.contentsOfDirectory(atPath: service.tree.path + "/metadata")
            let snapshots = names.filter { $0.hasSuffix(".snapshot.json") }.sorted()
            let first: [UInt8] = try service.directory.read("repository/metadata/1.snapshot.json")
            #expect(snapshots.count > 1)
            service.order(order)
            service.change {
                $0.instead = { $0.target.hasSuffix(".snapshot.json") ? .init(200, first) : nil }
            }
        }
        for name in ["timestamp.json", "snapshot.json", "glibc_debian-12_a.json", "root.json"] {
            // What the shelf's own role says is missed where it is needed: the order is not carried out.
            let isExpected = { (trouble: AgentError?) in trouble != nil || name.hasPrefix("glibc") }
            for reply in [
                TestServer.Reply(raw: Array("HTTP/1.1 200 X\r\nContent-Length: 900\r\n\r\n{\"signed\":".utf8)),
                .init(
                    raw: Array("HTTP/1.1 200 X\r\n\r\n".utf8), .endless([UInt8](repeating: 0x20, count: 65_536))),
            ] + (name == "timestamp.json" ? [.init(200, Array("{}".utf8)), .init(500)] : []) {
                try await attack("\(name)") { service, _, order in
                    service.order(order)
                    service.change {
                        $0.instead = { request in
                            request.target.hasSuffix(name) && request.target.hasPrefix(Endpoint.metadata) ? reply : nil
                        }
                    }
                } isExpected: {
                    isExpected($0)
                }
            }
        }
    }

    @Test func `an old timestamp after a new one`() async throws {
        let service = try FakeService()
        try await service.start()
        let host = try TestHost()
        try await host.register(with: service)
        let old: [UInt8] = try service.directory.read("repository/metadata/timestamp.json")
        let order = try service.add(level: 1)
        service.order(order)
        try await host.update()
        try service.revoke(order.patch)
        try await host.update()
        #expect(host.levels == ["abcd": 0])
        // The thief hides the revocation by what was before it.
        service.change { $0.instead = { $0.target.hasSuffix("/timestamp.json") ? .init(200, old) : nil } }
        let outcome = try await host.update()
        guard case .update(.rollback) = outcome.trouble else {
            Issue.record("\(String(describing: outcome.trouble))")
            return
        }
        #expect(host.levels == ["abcd": 0])
        await service.stop()
    }

    @Test func `statements that are forged, another host's, or old`() async throws {
        try await attack("forged") { service, _, order in
            service.order(order)
            let thief = try SigningKey(generating: .ed25519)
            service.change { $0.statementSigner = thief }
        } isExpected: {
            if case .badAnswer(.unsigned) = $0 { true } else { false }
        }
        try await attack("another host's") { service, _, order in
            service.order(order)
            service.change { $0.statedHost = HostKey().host }
        } isExpected: {
            if case .badAnswer(.otherHost) = $0 { true } else { false }
        }
        try await attack("a lower number") { service, _, order in
            service.order(order)
            service.change { $0.number = 1 }
        } isExpected: {
            if case .olderStatement(Instructions.type, kept: 2, offered: 1) = $0 { true } else { false }
        }
        try await attack("an older lease") { service, _, order in
            service.order(order)
            service.change { $0.leaseIssued = FakeService.now.adding(seconds: -86_400) }
        } isExpected: {
            if case .olderStatement(HostLease.type, _, _) = $0 { true } else { false }
        }
    }

    @Test func `orders that the repository does not carry`() async throws {
        try await attack("a patch that nobody has published") { service, _, order in
            var order = order
            order.level = 9
            service.order(order)
        } isExpected: {
            $0 == nil
        }
        try await attack("another file under the right name") { service, _, order in
            var order = order
            order.patch = ArtefactID(of: [1, 2, 3])
            service.order(order)
        } isExpected: {
            $0 == nil
        }
        try await attack("bytes that are not the target's") { service, _, order in
            service.order(order)
            service.change {
                $0.instead = { $0.target.hasSuffix(".2.mend") ? .init(200, [1, 2, 3]) : nil }
            }
        } isExpected: {
            $0 == nil
        }
        try await attack("a path that leaves the folder") { service, _, order in
            var order = order
            order.product = "../../../etc"
            service.order(order)
        } isExpected: {
            $0 == nil
        }
        try await attack("without a token") { service, _, order in
            service.order(order)
            service.change { behaviour in
                behaviour.instead = { $0.target.hasSuffix(".mend") ? .init(401) : nil }
            }
        } isExpected: {
            $0 == nil
        }
    }

    @Test func `answers that are no answers`() async throws {
        for reply in [
            TestServer.Reply(200, Array("{}".utf8)), .init(200, Array("[".utf8)), .init(200), .init(500),
            .init(302, headers: [("Location", "http://127.0.0.2/")]),
            .init(raw: Array("HTTP/1.1 200 X\r\n\r\n".utf8), .endless([UInt8](repeating: 0x5b, count: 65_536))),
            .init(429, ServiceRefusal(.tooMany, PolicyText("later", "後で"), retryAfter: 77).encoded),
        ] {
            try await attack("a strange answer") { service, _, order in
                service.order(order)
                service.change { $0.instead = { $0.target == Endpoint.checkIn ? reply : nil } }
            }
        }
    }

    @Test func `clocks that are wrong`() async throws {
        // The host's is set back a month: old metadata is not good again by that, and the service tells what is wrong.
        try await attack("set back") { service, host, order in
            service.order(order)
            host.now = host.now.adding(days: -30)
            let state = try host.state
            #expect(host.agent.now(state) == Moment(seconds: FakeService.now.secondsSince1970))
        }
        // The service's is a year ahead: its requests are refused, and so is its lease.
        try await attack("the service's is ahead") { service, host, order in
            service.order(order)
            service.change { $0.leaseIssued = FakeService.now.adding(seconds: 365 * 86_400) }
        } isExpected: {
            $0 == nil
        }
        try await attack("the service refuses the clock") { service, host, order in
            service.order(order)
            service.change { $0.clock = FakeService.now.adding(seconds: 365 * 86_400) }
        }
    }

    @Test func `a repository that expires stops what is new, and takes nothing out`() async throws {
        try await attack("frozen") { service, host, order in
            service.order(order)
            host.pass(days: 8)
            service.change { $0.clock = FakeService.now.adding(seconds: 8 * 86_400) }
        } isExpected: {
            if case .update(.expired) = $0 { true } else { false }
        }
    }

    @Test func `a root at first use is shown, and later ones must follow it`() async throws {
        let service = try FakeService()
        let certificate = try TestCertificate()
        try await service.start(certificate: certificate)
        let host = try TestHost { _ in }
        let registration = HostRegistration(
            server: service.address, certificates: certificate.authority, hardware: .virtual, origin: .installer,
            tags: [], since: host.now)
        let welcome = try await host.agent.register("GOOD-KEY", registration, root: nil)
        #expect(welcome.trustedAtFirstUse?.utf8.count == 64 && welcome.hasLease)
        await service.stop()
        // Another repository behind the same name.
        let thief = try FakeService()
        try await thief.start()
        thief.change { $0.hosts = service.seen.hosts }
        try host.store.change { (state) throws(AgentError) in
            state.registration?.server = thief.address
            state.registration?.certificates = nil
        }
        thief.order(try thief.add(level: 1))
        let outcome = try await host.update()
        guard case .update(.notSigned) = outcome.trouble else {
            Issue.record("\(String(describing: outcome.trouble))")
            return
        }
        #expect(host.levels == ["abcd": 0])
        await thief.stop()
        // Without TLS there is no first use.
        let other = try TestHost()
        await #expect(throws: AgentError.self) { try await other.register(with: thief, root: .some(nil)) }
    }

    @Test func `plain HTTP is for this very machine`() {
        #expect(throws: AgentError.self) { try Agent.address("http://updates.example") }
        #expect(throws: Never.self) { try Agent.address("https://updates.example") }
        #expect(throws: Never.self) { try Agent.address("http://127.0.0.1:80") }
    }
}
