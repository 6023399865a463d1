// SPDX-License-Identifier: Apache-2.0

import Foundation
import HostProtocol
import LivePatch
import ServicePolicy
import Synchronization
import TestSupport
import UpdateFramework

@testable import HostAgent

/// A host of a test's own, with its files in a folder.
final class TestHost: Sendable {
    let directory: TemporaryDirectory
    let runner: FakeRunner
    private let time = Mutex(FakeService.now.secondsSince1970)
    let settings: AgentSettings

    init(_ runner: FakeRunner = FakeRunner(), settings change: (inout AgentSettings) -> Void = { _ in }) throws {
        directory = try TemporaryDirectory(in: .memory)
        self.runner = runner
        var settings = AgentSettings { _ in nil }
        change(&settings)
        self.settings = settings
        try directory.write("ID=debian\nVERSION_ID=\"12\"\n", to: "etc/os-release")
        try directory.write("0123456789abcdef0123456789abcdef\n", to: "etc/machine-id")
        try directory.write("quiet\n", to: "proc/cmdline")
        try places.prepare()
    }

    var places: Places { Places(prefix: directory.path) }
    var store: StateStore { StateStore(places) }

    var agent: Agent {
        Agent(store, settings: settings, runner: runner, clock: { [self] in now })
    }

    /// The host's own clock.
    var now: Moment {
        get { Moment(seconds: time.withLock { $0 }) }
        set { time.withLock { $0 = newValue.seconds } }
    }

    func pass(days: Int64) { now = now.adding(days: days) }

    @discardableResult
    func register(with service: FakeService, key: String = "GOOD-KEY", root: String?? = nil) async throws
        -> Agent.Welcome
    {
        let registration = HostRegistration(
            server: service.address, certificates: nil, hardware: .virtual, origin: .installer, tags: ["env:test"],
            since: now)
        return try await agent.register(key, registration, root: root ?? service.root)
    }

    @discardableResult
    func update(acts: Bool = true) async throws -> Agent.Outcome { try await agent.update(from: .service, acts: acts) }

    /// The levels in the processes, by build ID.
    var levels: [String: Int] {
        Dictionary(uniqueKeysWithValues: runner.seen.targets.map { ($0.buildID, $0.level) })
    }

    var state: HostState { get throws { try store.read() } }

    /// The kinds of events in the history.
    var history: [CheckIn.Event.Kind] { get throws { try state.history.map(\.kind) } }
}
