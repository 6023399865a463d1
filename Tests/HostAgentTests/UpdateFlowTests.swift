// SPDX-License-Identifier: Apache-2.0

import Foundation
import HostProtocol
import JSON
import LivePatch
import PatchCatalogue
import ServicePolicy
import TestSupport
import Testing
import UpdateFramework

@testable import HostAgent

/// A host and a service, from registration to the patch in its processes.
@Suite(.timeLimit(.minutes(2))) struct UpdateFlowTests {
    private func site(_ body: (FakeService, TestHost) async throws -> Void) async throws {
        let service = try FakeService()
        try await service.start()
        let host = try TestHost()
        let result: Result<Void, any Error>
        do { result = .success(try await body(service, host)) } catch { result = .failure(error) }
        await service.stop()
        try result.get()
    }

    @Test func `a host registers, is told what to have, and has it`() async throws {
        try await site { service, host in
            let welcome = try await host.register(with: service)
            #expect(welcome.hasLease && welcome.trustedAtFirstUse == nil)
            #expect(welcome.host == (try host.store.key())?.host)
            service.order(try service.add(level: 2))
            let outcome = try await host.update()
            #expect(outcome.trouble == nil && host.levels == ["abcd": 2])
            #expect(try host.history == [.applied])
            #expect(try host.state.accepted.map(\.level) == [2])
            #expect(try host.state.marker?.patches.count == 1)
            // The director hears at once, and confirms.
            #expect(service.seen.checkIns.map(\.counter) == [1, 2])
            #expect(service.seen.checkIns.last?.events.map(\.kind) == [.applied])
            #expect(service.seen.checkIns.last?.targets.map(\.level) == [2])
            #expect(try host.state.events.isEmpty)
            // Again: nothing is done twice.
            _ = try await host.update()
            #expect(host.runner.seen.done.count == 1 && service.seen.checkIns.count == 3)
        }
    }

    @Test func `a wrong activation key is refused, and the next attempt is the same host`() async throws {
        try await site { service, host in
            await #expect(throws: AgentError.self) { try await host.register(with: service, key: "BAD") }
            #expect(try host.state.registration == nil)
            let key = try host.store.key()?.host
            let welcome = try await host.register(with: service)
            #expect(welcome.host == key)
            await #expect(throws: AgentError.self) { try await host.register(with: service) }
        }
    }

    @Test func `unregistering is done once and again, and leaves the patches`() async throws {
        try await site { service, host in
            try await host.register(with: service)
            service.order(try service.add(level: 1))
            try await host.update()
            #expect(try await host.agent.unregister())
            #expect(try await !host.agent.unregister())
            #expect(try host.store.key() == nil && host.levels == ["abcd": 1])
            #expect(try host.state.accepted.count == 1)
            await #expect(throws: AgentError.self) { try await host.update() }
            try await host.register(with: service)
            try await host.update()
            #expect(host.runner.seen.done.count == 1)
        }
    }

    @Test func `a copied host takes a new key with its ticket`() async throws {
        try await site { service, host in
            let welcome = try await host.register(with: service)
            service.change { behaviour in
                behaviour.tickets = ["T"]
                behaviour.instead = { request in
                    guard request.target == Endpoint.checkIn,
                        request.headers["signature-input"]?.contains(welcome.host.text) == true
                    else { return nil }
                    return .init(
                        409, ServiceRefusal(.copied, PolicyText("copied", "複製"), ticket: "T").encoded)
                }
            }
            service.order(try service.add(level: 1))
            let outcome = try await host.update()
            #expect(outcome.trouble == nil && host.levels == ["abcd": 1])
            let new = try #require(try host.store.key()).host
            #expect(new != welcome.host && service.seen.hosts[new] != nil)
            #expect(service.seen.checkIns.first?.counter == 1)
        }
    }

    @Test func `orders of one rollout are carried out together, and a lower level is gone back to`() async throws {
        try await site { service, host in
            host.runner.change {
                $0.targets.append(
                    .init(name: "libssl.so.3", buildID: "beef", processes: 2, level: 0, patch: nil, patched: 0))
            }
            try await host.register(with: service)
            let low = try service.add(level: 1)
            let ssl = try service.add("libssl.so.3", buildID: [0xbe, 0xef], level: 1, product: "openssl")
            let high = try service.add(level: 3)
            service.order(high, ssl)
            try await host.update()
            #expect(host.levels == ["abcd": 3, "beef": 1])
            service.order(low, ssl)
            try await host.update()
            #expect(host.levels == ["abcd": 1, "beef": 1])
            var original = low
            (original.level, original.patch) = (0, nil)
            service.order(original, ssl)
            try await host.update()
            #expect(host.levels == ["abcd": 0, "beef": 1])
            #expect(try host.state.accepted.map(\.buildID) == ["beef"])
        }
    }

    @Test func `a revoked patch is taken out, and not applied again`() async throws {
        try await site { service, host in
            try await host.register(with: service)
            let order = try service.add(level: 1)
            service.order(order)
            try await host.update()
            try service.revoke(order.patch)
            try await host.update()
            #expect(host.levels == ["abcd": 0])
            #expect(try host.history == [.applied, .revoked])
            let again = try await host.update()
            guard case .keep(.revoked) = again.decisions.first?.action else {
                Issue.record("\(again.decisions)")
                return
            }
            #expect(host.agent.situation(try host.state, .service(nil), []).levelsAtBoot().isEmpty)
        }
    }

    @Test func `without a connection the last instructions hold for their time`() async throws {
        try await site { service, host in
            try await host.register(with: service)
            let order = try service.add(level: 1)
            service.order(order)
            try await host.update()
            service.change { $0.instead = { _ in .init(503) } }
            // A process has begun without the patch.
            host.runner.change {
                $0.targets[0].patched = 2
                $0.targets[0].level = 0
                $0.targets[0].patch = nil
            }
            let outcome = try await host.update()
            #expect(outcome.trouble != nil && host.levels == ["abcd": 1])
        }
    }

    @Test func `failures are counted, and the agent stops by itself`() async throws {
        try await site { service, host in
            try await host.register(with: service)
            let order = try service.add(level: 1)
            service.order(order)
            host.runner.change { $0.refusing = [order.patch].reduce(into: []) { $0.formUnion([$1].compactMap { $0 }) } }
            for _ in 0..<3 { try await host.update() }
            #expect(try host.state.halt != nil)
            #expect(try host.history == [.failed, .halted])
            host.runner.change { $0.refusing = [] }
            let halted = try await host.update()
            guard case .keep(.halted) = halted.decisions.first?.action else {
                Issue.record("\(halted.decisions)")
                return
            }
            let agent = host.agent
            try host.store.change { (state) throws(AgentError) in state.resume(at: agent.now(state)) }
            try await host.update()
            #expect(host.levels == ["abcd": 1])
            #expect(try host.history == [.failed, .halted, .resumed, .applied])
        }
    }

    @Test func `a child that dies is a failure of the patch`() async throws {
        try await site { service, host in
            try await host.register(with: service)
            service.order(try service.add(level: 1))
            host.runner.change { $0.dies = true }
            let outcome = try await host.update()
            guard case .failed(let reason) = outcome.results["abcd"] else {
                Issue.record("\(outcome.results)")
                return
            }
            #expect(reason.contains("SIGILL"))
            #expect(service.seen.checkIns.last?.events.map(\.kind) == [.failed])
        }
    }

    @Test func `a medium is applied by the administrator's command alone`() async throws {
        let service = try FakeService()
        let host = try TestHost()
        try service.add(level: 1)
        let high = try service.add(level: 2)
        try service.add(level: 3)
        let bad = try service.add(level: 4)
        try service.revoke(bad.patch)
        try service.revoke(try SamplePatch(for: "libc.so.6", level: 3).id())
        let outcome = try await host.agent.update(from: .medium(service.tree.path, root: service.root), acts: true)
        #expect(outcome.trouble == nil && host.levels == ["abcd": 2])
        #expect(try host.state.accepted.first?.patch == high.patch)
        #expect(try host.state.known(try #require(high.patch))?.description.vulnerabilities == ["CVE-2026-1002"])
    }
}
