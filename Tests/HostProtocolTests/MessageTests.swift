// SPDX-License-Identifier: Apache-2.0

import HostProtocol
import JSON
import LivePatch
import ServicePolicy
import TestSupport
import Testing

struct MessageTests {
    private static let facts = HostFacts(
        hostname: "web-1", machineID: String(repeating: "ab", count: 32), osRelease: "ID=debian\nVERSION_ID=\"12\"\n",
        systemRelease: nil, kernel: "6.1.0-18-amd64", machine: "x86_64", platform: "QEMU Standard PC",
        hardware: .virtual, origin: .installer, tool: "0.1", tags: ["env:prod", "web"])
    private static let patch = ArtefactID(of: [1, 2, 3])
    private static let checkIn = CheckIn(
        counter: 7, bootID: "6b1a", facts: facts,
        targets: [.init(name: "libc.so.6", buildID: "abcd", processes: 3, level: 2, patch: patch, patched: 2)],
        events: [
            .init(
                number: 4, time: Moment(seconds: 1_800_000_000), kind: .failed, patch: patch, rollout: "r1",
                detail: "だめ")
        ],
        holds: [.init(buildID: "*", level: nil, since: Moment(seconds: 1_700_000_000), reason: "freeze")])

    @Test func `a registration is read as it was written`() throws {
        for credential in [Registration.Credential.activationKey("KEY"), .ticket("T")] {
            let registration = Registration(credential, key: HostKey().publicKey, facts: Self.facts)
            #expect(try Registration(parsing: registration.encoded) == registration)
        }
    }

    @Test func `a check-in is read as it was written`() throws {
        #expect(try CheckIn(parsing: Self.checkIn.encoded) == Self.checkIn)
    }

    @Test func `an answer and a refusal are read as they were written`() throws {
        let eligibility = EligibilityAnswer(
            CoveragePolicy.standard.eligibility(of: Self.facts.system, on: Moment(seconds: 1_800_000_000).dayInTokyo))
        #expect(eligibility.refusals.map(\.clause) == ["LP-2.1-※1"])
        let answer = ServiceAnswer(
            lease: .object(["a": .integer(1)]), instructions: nil, eligibility: eligibility, token: "t",
            nextCheckIn: 3600, eventsKept: 4, time: Moment(seconds: 1_800_000_000))
        #expect(try ServiceAnswer(parsing: answer.encoded) == answer)
        let refusal = ServiceRefusal(
            .copied, PolicyText("copied", "複製"), clause: "LP-2.2", ticket: "abc", retryAfter: 60)
        #expect(try ServiceRefusal(parsing: refusal.encoded) == refusal)
    }

    @Test func `a check-in that is damaged anywhere is refused, or is another check-in`() throws {
        var random = SeededGenerator(seed: SeededGenerator.seed)
        let bytes = Self.checkIn.encoded
        for _ in 0..<2000 {
            var damaged = bytes
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let place = Int.random(in: 0..<damaged.count, using: &random)
                damaged[place] = UInt8.random(in: 0...255, using: &random)
            }
            guard let read = try? CheckIn(parsing: damaged) else { continue }
            #expect(try CheckIn(parsing: read.encoded) == read)
        }
    }

    @Test(arguments: [
        ("counter", JSONValue.integer(0)), ("bootID", .string(String(repeating: "x", count: 65))),
        ("targets", .array(Array(repeating: .null, count: 201))), ("schemaVersion", .integer(2)), ("events", .null),
    ])
    func `a field that cannot be is named`(field: String, value: JSONValue) throws {
        guard case .object(var object) = try JSONValue(parsing: Self.checkIn.encoded) else { return }
        object[field] = value
        let error = #expect(throws: ProtocolError.self) {
            try CheckIn(parsing: JSONValue.object(object).compactText)
        }
        if let error, case .laterVersion = error {} else { #expect("\(error as Any)".contains(field)) }
    }
}
