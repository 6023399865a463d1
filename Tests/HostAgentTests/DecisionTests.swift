// SPDX-License-Identifier: Apache-2.0

import HostProtocol
import JSON
import LivePatch
import PatchCatalogue
import ServicePolicy
import TestSupport
import Testing
import UpdateFramework

@testable import HostAgent

/// What is decided, as a table: each row changes one thing of a situation in which a new level is applied.
struct DecisionTests {
    private static let now = Moment(seconds: FakeService.now.secondsSince1970)
    private static let patches = (0..<4).map { ArtefactID(of: [UInt8($0)]) }
    private static let host = HostKey().host

    /// A row: its name, the change, and what is decided.
    struct Row: Sendable, CustomTestStringConvertible {
        var name: String
        var expected: String
        var change: @Sendable (inout Situation) -> Void

        init(_ name: String, _ expected: String, _ change: @escaping @Sendable (inout Situation) -> Void) {
            self.name = name
            self.expected = expected
            self.change = change
        }

        var testDescription: String { name }
    }

    private static func order(_ level: Int, product: String = "glibc") -> Instructions.Order {
        .init(
            product: product, distribution: "debian-12", buildID: "abcd", level: level,
            patch: level == 0 ? nil : patches[level], rollout: "r")
    }

    private static func instructions(_ level: Int, product: String = "glibc", days: Int64 = 2) -> Instructions {
        Instructions(
            host: host, number: 1, issued: now, expires: now.adding(days: days),
            orders: [order(level, product: product)])
    }

    private static func lease(from first: Int64 = 0, to last: Int64 = 30, products: [String] = ["glibc"]) -> HostLease {
        HostLease(
            host: host,
            lease: Lease(
                issued: now.adding(days: first), expires: now.adding(days: last), graceEnds: now.adding(days: last + 14)
            ),
            products: products, contract: "C")
    }

    private static func list(_ revoked: [Int] = [], days: Int64 = 3) -> RevocationList {
        RevocationList(
            number: 1, expires: FakeService.now.adding(seconds: days * 86_400),
            revoked: revoked.map {
                .init(patch: patches[$0], reason: LocalizedText(english: "bad"), since: FakeService.now)
            })
    }

    private static func accepted(_ level: Int) -> AcceptedLevel {
        AcceptedLevel(
            product: "glibc", distribution: "debian-12", target: "libc.so.6", buildID: "abcd", level: level,
            patch: patches[level], rollout: "r", since: now)
    }

    private static func target(_ level: Int, patched: Int = 3) -> CheckIn.Target {
        .init(
            name: "libc.so.6", buildID: "abcd", processes: 3, level: level, patch: level == 0 ? nil : patches[level],
            patched: level == 0 ? 0 : patched)
    }

    /// Level 1 is in force, and level 2 is ordered.
    private static var situation: Situation {
        Situation(
            now: now, lease: lease(), director: .service(instructions(2)), revocations: list(),
            accepted: [accepted(1)], targets: [target(1)])
    }

    static let rows: [Row] = [
        Row("all is well", "apply") { _ in },
        Row("switched off by the file", "off") { $0.off = .file("/etc/kaketsugi/off") },
        Row("switched off at boot", "off") { $0.off = .kernelCommandLine },
        Row("stopped after failures", "halted") { $0.halt = AgentHalt(since: now, reason: "x") },
        Row("no instructions", "no-order") { $0.director = .service(nil) },
        Row("none for this build", "no-order") { $0.targets[0].buildID = "beef" },
        Row("instructions over", "instructions-expired") { $0.now = now.adding(days: 2) },
        Row("a second before", "apply") { $0.now = Moment(seconds: now.adding(days: 2).seconds - 1) },
        Row("it has it already", "current") { $0.targets = [target(2)] },
        Row("one process has it not", "apply") {
            $0.targets = [target(2, patched: 2)]
            $0.accepted = [accepted(2)]
        },
        Row("held", "held") { $0.holds = [.init(buildID: "abcd", level: nil, since: now, reason: "")] },
        Row("all held", "held") { $0.holds = [.init(buildID: "*", level: nil, since: now, reason: "")] },
        Row("held at a lower level", "held") { $0.holds = [.init(buildID: "abcd", level: 1, since: now, reason: "")] },
        Row("held at this level", "apply") { $0.holds = [.init(buildID: "abcd", level: 2, since: now, reason: "")] },
        Row("another build is held", "apply") {
            $0.holds = [.init(buildID: "beef", level: nil, since: now, reason: "")]
        },
        Row("a hold does not keep the way back", "go-back") {
            $0.director = .service(instructions(1))
            $0.targets = [target(2)]
            $0.accepted = [accepted(2)]
            $0.holds = [.init(buildID: "*", level: nil, since: now, reason: "")]
        },
        Row("the original is wanted", "revert") { $0.director = .service(instructions(0)) },
        Row("the ordered is revoked", "revoked") { $0.revocations = list([2]) },
        Row("the one in force is revoked", "revert") { $0.revocations = list([1]) },
        Row("revoked, though stopped", "revert") {
            $0.revocations = list([1])
            $0.halt = AgentHalt(since: now, reason: "x")
        },
        Row("revoked, and switched off", "off") {
            $0.revocations = list([1])
            $0.off = .kernelCommandLine
        },
        Row("revoked long ago", "revert") {
            $0.revocations = list([1], days: -1)
        },
        Row("revoked after two days in force", "settled") {
            $0.revocations = list([1])
            $0.accepted[0].since = now.adding(days: -2)
        },
        Row("revoked, and not applied by the agent", "settled") {
            $0.revocations = list([1])
            $0.accepted = []
        },
        Row("the original is wanted after two days", "settled") {
            $0.director = .service(instructions(0))
            $0.accepted[0].since = now.adding(days: -2)
        },
        Row("the way back after two days", "settled") {
            $0.director = .service(instructions(1))
            $0.targets = [target(2)]
            $0.accepted = [accepted(2)]
            $0.accepted[0].since = now.adding(days: -2)
        },
        Row("a medium with a lower level", "settled") {
            $0.director = .administrator([order(1)])
            $0.targets = [target(2)]
            $0.accepted = [accepted(2)]
        },
        Row("no list", "no-revocations") { $0.revocations = nil },
        Row("an old list", "no-revocations") { $0.revocations = list(days: 0) },
        Row("suspect", "suspect") { $0.suspects = [patches[2]] },
        Row("no lease", "no-lease") { $0.lease = nil },
        Row("in its grace", "apply") { $0.lease = lease(from: -40, to: -10) },
        Row("lapsed", "lease-lapsed") { $0.lease = lease(from: -60, to: -14) },
        Row("lapsed, and a process lacks what the host has", "apply") {
            $0.lease = lease(from: -60, to: -14)
            $0.director = .service(instructions(1))
            $0.targets = [target(0)]
        },
        Row("lapsed, and the way back", "go-back") {
            $0.lease = nil
            $0.director = .service(instructions(1))
            $0.targets = [target(2)]
            $0.accepted = [accepted(2)]
        },
        Row("the lease has not begun", "clock-behind") { $0.lease = lease(from: 1) },
        Row("for another product", "not-leased") { $0.lease = lease(products: ["openssl"]) },
        Row("a medium, no lease", "apply") {
            $0.lease = nil
            $0.director = .administrator([order(2)])
        },
        Row("a medium, lapsed", "lease-lapsed") {
            $0.lease = lease(from: -60, to: -14)
            $0.director = .administrator([order(2)])
        },
        Row("a medium of old", "apply") {
            // Its lists are looked at, and there are no instructions that could have ended.
            $0.director = .administrator([order(2)])
            $0.now = now.adding(days: 2)
        },
    ]

    @Test(arguments: rows) func `each thing that may stand in the way does`(row: Row) {
        var situation = Self.situation
        row.change(&situation)
        let decisions = situation.decisions()
        #expect(decisions.map(\.word) == [row.expected])
        for decision in decisions {
            #expect(!decision.text.english.isEmpty && decision.text.japanese?.isEmpty == false)
        }
    }

    @Test func `at boot only switches, crashes and revocations count`() {
        var situation = Self.situation
        situation.lease = nil
        situation.director = .service(nil)
        situation.now = Self.now.adding(days: 300)
        situation.halt = AgentHalt(since: Self.now, reason: "x")
        #expect(situation.levelsAtBoot().map(\.level) == [1])
        situation.revocations = nil
        #expect(situation.levelsAtBoot().map(\.level) == [1])
        situation.revocations = Self.list([1], days: -100)
        #expect(situation.levelsAtBoot().isEmpty)
        situation.revocations = Self.list()
        situation.suspects = [Self.patches[1]]
        #expect(situation.levelsAtBoot().isEmpty)
        situation.suspects = []
        situation.off = .kernelCommandLine
        #expect(situation.levelsAtBoot().isEmpty)
    }
}

/// The clock, the guard against crashes, and the times of polls.
struct GuardTests {
    private static let now = Moment(seconds: FakeService.now.secondsSince1970)
    private static let patch = ArtefactID(of: [1])

    @Test func `a clock is never before what is known to be over`() {
        let late = Self.now
        #expect(TrustedClock(system: late, floor: nil).now == late)
        let back = TrustedClock(system: Moment(seconds: 0), floor: late)
        #expect(back.now == late && back.secondsBehind == late.seconds)
        #expect(TrustedClock(system: Moment(seconds: 0), floor: nil).now == TrustedClock.release)
        #expect(TrustedClock(system: .init(seconds: .min), floor: late).now == late)
    }

    @Test func `a host that goes down within the soak makes the patch suspect`() {
        var state = HostState()
        state.accept(
            AcceptedLevel(
                product: "glibc", distribution: "debian-12", target: "libc.so.6", buildID: "abcd", level: 1,
                patch: Self.patch, rollout: "r", since: Self.now))
        state.mark([Self.patch], bootID: "a", at: Self.now)
        #expect(state.lookBack(bootID: "a", at: Self.now).isEmpty && state.marker != nil)
        #expect(state.lookBack(bootID: "b", at: Self.now) == [Self.patch])
        #expect(state.suspects == [Self.patch] && state.accepted.isEmpty && state.marker == nil)
        #expect(state.events.map(\.kind) == [.crashed] && state.events.first?.rollout == "r")
        state.resume(at: Self.now)
        #expect(state.suspects.isEmpty && state.events.map(\.kind) == [.crashed, .resumed])
    }

    @Test func `an orderly end, and a host that has lived on, are no crash`() {
        var state = HostState()
        state.mark([Self.patch], bootID: "a", at: Self.now)
        state.clearMarker(bootID: "a", soak: 300, at: Self.now.adding(seconds: 299))
        #expect(state.marker != nil)
        state.marker?.isOrderly = true
        #expect(state.lookBack(bootID: "b", at: Self.now).isEmpty && state.suspects.isEmpty)
        state.mark([Self.patch], bootID: "a", at: Self.now)
        state.clearMarker(bootID: "a", soak: 300, at: Self.now.adding(seconds: 300))
        #expect(state.lookBack(bootID: "b", at: Self.now).isEmpty && state.suspects.isEmpty)
    }

    @Test func `what is applied during a soak does not hide what is in it`() {
        let second = ArtefactID(of: [2])
        var state = HostState()
        let none = state.mark([Self.patch], bootID: "a", at: Self.now)
        let first = state.mark([second], bootID: "a", at: Self.now.adding(seconds: 60))
        #expect(none == nil && first?.patches == [Self.patch])
        #expect(state.marker?.patches == [Self.patch, second])
        state.clearMarker(bootID: "a", soak: 300, at: Self.now.adding(seconds: 310))
        #expect(state.lookBack(bootID: "b", at: Self.now) == [Self.patch, second])
    }

    @Test func `a marker of another boot is not written over unseen`() {
        var state = HostState()
        state.mark([Self.patch], bootID: "a", at: Self.now)
        state.mark([ArtefactID(of: [2])], bootID: "b", at: Self.now)
        #expect(state.suspects == [Self.patch] && state.marker?.patches == [ArtefactID(of: [2])])
    }

    @Test func `an agent that was ended and started again in one boot is guarded as before`() {
        var state = HostState()
        state.mark([Self.patch], bootID: "a", at: Self.now)
        state.marker?.isOrderly = true
        #expect(state.lookBack(bootID: "a", at: Self.now).isEmpty)
        #expect(state.lookBack(bootID: "b", at: Self.now) == [Self.patch])
    }

    @Test func `polls are spread, bounded, and ever more seldom after failures`() {
        var schedule = PollSchedule()
        #expect(schedule.afterSuccess(interval: 3600, random: 0) == 3240)
        #expect(schedule.afterSuccess(interval: 3600, random: 0.999) < 3961)
        #expect(schedule.afterSuccess(interval: 1, random: 0.5) == 60)
        #expect(schedule.afterSuccess(interval: .max, random: 0.5) == 86_400)
        let waits = (0..<20).map { _ in schedule.afterFailure(interval: 3600, retryAfter: nil, random: 0.999) }
        #expect(zip(waits, waits.dropFirst()).allSatisfy { $0 <= $1 })
        #expect(waits[0] <= 31 && waits[1] > 45 && (3590...3600).contains(waits[19]))
        #expect(schedule.afterFailure(interval: 3600, retryAfter: 7000, random: 0) == 7000)
        #expect(schedule.afterFailure(interval: 3600, retryAfter: .max, random: 0) == 86_400)
        #expect(schedule.afterSuccess(interval: 3600, random: 0.5) == 3600)
        #expect(schedule.afterFailure(interval: 3600, retryAfter: nil, random: 0) == 15)
    }

    @Test func `the state is read as it was written, and nothing else is read`() throws {
        var state = HostState()
        state.registration = HostRegistration(
            server: "https://s", certificates: "/ca", hardware: .server, origin: .vendorImage, tags: ["a:b"],
            since: Self.now)
        state.counter = 7
        state.lease = .object(["a": .integer(1)])
        state.answer = KeptAnswer(
            eligibility: .init(system: "x", products: ["glibc"], refusals: [], flags: []), token: "t", nextCheckIn: 60,
            received: Self.now, clockDifference: -5)
        state.holds = [.init(buildID: "*", level: 3, since: Self.now, reason: "だめ")]
        state.accept(
            AcceptedLevel(
                product: "glibc", distribution: "debian-12", target: "libc.so.6", buildID: "abcd", level: 1,
                patch: Self.patch, rollout: nil, since: Self.now))
        state.mark([Self.patch], bootID: "a", at: Self.now)
        state.halt = AgentHalt(since: Self.now, reason: "r")
        state.suspects = [Self.patch]
        state.clockFloor = Self.now
        state.note(.applied, Self.patch, rollout: "r", target: "t", level: 1, detail: "d", at: Self.now)
        #expect(try HostState(parsing: state.encoded) == state)
        var random = SeededGenerator(seed: SeededGenerator.seed)
        for _ in 0..<500 {
            var damaged = state.encoded
            damaged[Int.random(in: 0..<damaged.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            guard let read = try? HostState(parsing: damaged) else { continue }
            #expect(try HostState(parsing: read.encoded) == read)
        }
    }

    @Test func `what happens for ever fills nothing`() {
        var state = HostState()
        for number in 0..<1000 {
            state.note(
                .failed, Self.patch, rollout: nil, target: nil, level: nil,
                detail: "\(number) " + String(repeating: "あ", count: 3000), at: Self.now)
        }
        #expect(state.events.count == 200 && state.history.count == 200 && state.lastEvent == 1000)
        #expect(state.events.allSatisfy { $0.detail.utf8.count <= 2000 })
        let before = state.lastEvent
        for _ in 0..<10 {
            state.note(.failed, Self.patch, rollout: nil, target: nil, level: nil, detail: "same", at: Self.now)
        }
        #expect(state.lastEvent == before + 1)
    }
}
