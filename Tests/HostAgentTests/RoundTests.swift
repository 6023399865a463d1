// SPDX-License-Identifier: Apache-2.0

import Foundation
import HostProtocol
import LinuxSystem
import Synchronization
import TestSupport
import Testing

@testable import HostAgent

/// What children of the daemon do, and answer.
@Suite(.timeLimit(.minutes(2))) struct RoundTests {
    private func site(_ body: (FakeService, TestHost) async throws -> Void) async throws {
        let service = try FakeService()
        try await service.start()
        let host = try TestHost()
        try await body(service, host)
        await service.stop()
    }

    private func checkIn(_ host: TestHost) async throws -> CheckInResult {
        try CheckInResult(parsing: try #require(try await host.agent.perform(.checkIn)))
    }

    private func look(_ host: TestHost) async throws -> Standing {
        try Standing(parsing: try #require(try await host.agent.perform(.look)))
    }

    @Test func `a check-in does what is wanted, and says when to come again`() async throws {
        try await site { service, host in
            try await host.register(with: service)
            service.order(try service.add(level: 2))
            #expect(try await checkIn(host) == CheckInResult(isFailure: false, nextCheckIn: 3600))
            #expect(host.levels == ["abcd": 2] && host.directory.exists("var/lib/kaketsugi/kaketsugi.prom"))
            let standing = try await look(host)
            #expect(standing.files.count == 1 && standing.soak == 301)
            host.now = host.now.adding(seconds: 301)
            #expect(try await look(host).soak == nil)
        }
    }

    @Test func `what fails is an answer, too`() async throws {
        try await site { service, host in
            #expect(try await checkIn(host) == CheckInResult(isFailure: true))
            try await host.register(with: service)
            service.change { $0.instead = { _ in .init(503) } }
            #expect(try await checkIn(host) == CheckInResult(isFailure: true, nextCheckIn: 3600))
        }
    }

    @Test func `it starts without a network, and ends in order`() async throws {
        try await site { service, host in
            try await host.register(with: service)
            service.order(try service.add(level: 1))
            _ = try await checkIn(host)
            await service.stop()
            host.runner.change { $0.targets[0].level = 0 }
            #expect(try await host.agent.perform(.start) == nil && host.levels == ["abcd": 1])
            #expect(try await host.agent.perform(.end) == nil)
            #expect(try host.state.marker?.isOrderly == true)
            // Started again in the same boot, it is as before.
            _ = try await host.agent.perform(.start)
            #expect(try host.state.marker?.isOrderly == false)
        }
    }

    @Test func `nothing is begun once the end was asked for`() async throws {
        try await site { service, host in
            try await host.register(with: service)
            service.order(try service.add(level: 1))
            let agent = host.agent
            agent.ending.waitForChanges()
            _ = try await agent.update(from: .service, acts: true)
            #expect(host.levels == ["abcd": 0])
        }
    }

    @Test func `the end waits for what was begun`() async throws {
        let ending = Ending()
        #expect(ending.beginChange() && ending.beginChange())
        let hasEnded = Mutex(false)
        async let end: Void = onOwnThread {
            ending.waitForChanges()
            hasEnded.withLock { $0 = true }
        }
        ending.finishChange()
        while ending.beginChange() {
            // Not asked for yet.
            ending.finishChange()
            try await Task.sleep(for: .milliseconds(10))
        }
        #expect(!hasEnded.withLock { $0 })
        ending.finishChange()
        await end
        #expect(hasEnded.withLock { $0 })
    }
}
