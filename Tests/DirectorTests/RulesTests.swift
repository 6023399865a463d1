// SPDX-License-Identifier: Apache-2.0

import CivilTime
import HostProtocol
import ServicePolicy
import ServiceStore
import ServiceTesting
import Testing

@testable import Director

/// The rules as values.
struct RulesTests {
    private let now = SampleFleet.start
    private let progress = HostProgress(
        counter: 7, digest: "d7", boots: ["b1", "b2"], seen: SampleFleet.start, eventsKept: 0)

    @Test(
        arguments: [
            (8, "d8", "b2", "m", .next),
            (9, "d9", "b2", "m", .next),
            // A restart draws a new boot ID.
            (8, "d8", "b3", "m", .next),
            // The answer was lost.
            (7, "d7", "b2", "m", .repeated),
            (7, "other", "b2", "m", .copied),
            (6, "d6", "b2", "m", .copied),
            (1, "d1", "b9", "m", .copied),
            // A boot that was over runs again.
            (8, "d8", "b1", "m", .copied),
            (8, "d8", "b2", "other", .copied),
            (7, "d7", "b2", "other", .copied),
        ] as [(Int64, String, String, String, CheckInJudgement)])
    func `a second machine with the same key is told from a repeated message`(
        _ counter: Int64, _ digest: String, _ boot: String, _ machine: String, _ expected: CheckInJudgement
    ) {
        #expect(
            CheckInJudgement.judge(
                counter: counter, digest: digest, bootID: boot, machineID: machine, knownMachineID: "m", progress)
                == expected)
    }

    @Test func `only the last boots are remembered`() {
        var progress = progress
        for boot in ["b2", "b3", "b3", "b4", "b5"] { progress.note(bootID: boot) }
        #expect(progress.boots == ["b2", "b3", "b4", "b5"])
    }

    @Test(
        arguments: [
            // 2027-01-15 is a Friday; the clock is nine hours ahead.
            ([5], 9 * 60, 60, 540, 0, true),
            ([5], 9 * 60, 60, 540, 3599, true),
            ([5], 9 * 60, 60, 540, 3600, false),
            ([5], 9 * 60, 60, 540, -1, false),
            ([4], 9 * 60, 60, 540, 0, false),
            ([5], 0, 60, 0, 0, true),
            // Over midnight, and from Sunday into Monday.
            ([5], 23 * 60, 180, 0, 25 * 3600, true),
            ([5], 23 * 60, 180, 0, 26 * 3600, false),
            ([7], 23 * 60, 120, 0, 72 * 3600 + 1800, true),
            ([7], 23 * 60, 120, 0, 73 * 3600, false),
            ([1, 5], 0, 0, 0, 0, false),
            ([5], 0, 1440, -300, 4 * 3600, false),
            ([5], 0, 1440, -300, 5 * 3600, true),
        ] as [([Int], Int, Int, Int, Int64, Bool)])
    func `a window is open in its hours, on its group's clock`(
        _ days: [Int], _ starts: Int, _ minutes: Int, _ offset: Int, _ seconds: Int64, _ isOpen: Bool
    ) throws {
        let midnight = Moment(startOf: try #require(CalendarDay("2027-01-15"))).adding(seconds: 9 * 3600)
        let window = GroupWindow(
            id: "w", group: "web", weekdays: days, starts: starts, minutes: minutes, utcOffset: offset)
        #expect(window.isOpen(at: midnight.adding(seconds: seconds)) == isOpen)
        #expect([window].isOpen(for: "mail", at: midnight))
        #expect([GroupWindow]().isOpen(for: "web", at: midnight))
    }

    @Test(
        arguments: [
            ("1", 0, 5, false), ("1", 1, 5, true), ("3", 2, 5, false), ("3", 3, 3, true), ("5%", 0, 0, false),
            ("5%", 1, 20, true), ("5%", 1, 21, false), ("100%", 9, 10, false), ("100%", 10, 10, true),
            ("1%", 0, 9, false),
            ("50%", .max / 2, .max, false), ("50%", .max, .max, true),
        ] as [(String, Int, Int, Bool)])
    func `a threshold is reached by a number or a share, and never by nobody`(
        _ text: String, _ part: Int, _ whole: Int, _ isReached: Bool
    ) throws {
        let threshold = try #require(Ring.Threshold(text))
        #expect(threshold.isReached(by: part, of: whole) == isReached)
        #expect(threshold.description == text)
    }

    @Test(arguments: ["0", "-1", "x", "", "0%", "101%", "1.5", "%"])
    func `what is no threshold is refused`(_ text: String) { #expect(Ring.Threshold(text) == nil) }

    @Test(arguments: ["canary", "all", "10%", "100%", "group=web", "tag=env:prod"])
    func `rings are read as they are written`(_ text: String) { #expect(Ring.Members(text)?.description == text) }

    @Test(arguments: ["", "0%", "101%", "group=", "tag=", "half", "ten%"])
    func `what is no ring is refused`(_ text: String) { #expect(Ring.Members(text) == nil) }

    @Test func `a share of hosts is what it says, grows, and is drawn anew for each rollout`() {
        let hosts = (0..<2000).map { _ in HostKey().host }
        let shares = hosts.map { Membership.share(of: $0, in: "r1") }
        #expect(shares.allSatisfy { (0..<100).contains($0) })
        let tenth = shares.filter { $0 < 10 }.count
        #expect((120...290).contains(tenth))
        let same = hosts.filter { Membership.share(of: $0, in: "r1") == Membership.share(of: $0, in: "r2") }.count
        #expect(same < 100)
    }

    @Test func `what a host has a right to follows key, contract and coverage`() {
        let host = HostKey().host
        let facts = SampleHost("x").facts
        let covered = EligibilityAnswer(
            CoveragePolicy.standard.eligibility(of: facts.system, on: now.dayInTokyo))
        var key = ActivationKey(
            ActivationKeySecret(), contract: "C", limit: nil, expires: nil, group: "g", products: [], note: "",
            created: now)
        let term = EntitlementTerm(from: now.dayInTokyo)
        var contract = Contract(
            id: "C", customer: "x", products: [], declared: "", created: now, terms: [.init(.usageRight, term)])
        func lease(_ moment: Moment? = nil) -> Entitlement {
            Entitlement(
                of: host, covered, key: key, contract: contract, policy: DirectorPolicy(), at: moment ?? now)
        }
        #expect(lease().products == ["kernel", "glibc", "openssl"])
        #expect(lease().lease?.lease.expires == now.adding(days: 30))
        // At the end of the term the lease is shorter, and then there is none, with the clause.
        let last = term.end.adding(days: -3)
        #expect(lease(last).lease?.lease.expires == term.end)
        #expect(lease(term.end).lease == nil)
        #expect(lease(term.end).eligibility.refusals.map(\.clause) == ["LP-3.2-3"])
        // The year after it, without a gap: nothing is shorter.
        contract.terms.append(.init(.usageRight, term.renewed))
        #expect(lease(last).lease?.lease.expires == last.adding(days: 30))
        // Technical support alone gives no patches (LP-1).
        contract.terms = [.init(.technicalSupport, term)]
        #expect(lease().lease == nil)
        contract.terms = [.init(.usageRight, term)]
        key.products = ["glibc", "kernel"]
        contract.products = ["glibc"]
        #expect(lease().products == ["glibc"])
        contract.products = ["nginx"]
        #expect(lease().lease == nil)
        #expect(lease().eligibility.refusals.map(\.clause) == ["LP-1"])
        contract.products = []
        key.revoked = now
        #expect(lease().eligibility.refusals.map(\.clause) == ["LP-2.2"])
    }
}
