// SPDX-License-Identifier: Apache-2.0

import Director
import Foundation
import HostProtocol
import JSON
import ServicePolicy
import ServiceStore
import ServiceTesting
import Testing

struct ReportTests {
    private let now = SampleFleet.start
    private static let schema = Result {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "openvex-0.2.0.schema.json")
        return try JSONSchema(parsing: Array(try Data(contentsOf: file)))
    }

    private func record(_ host: SampleHost) -> HostRecord {
        let key = ActivationKey(
            ActivationKeySecret(), contract: "C", limit: nil, expires: nil, group: "web", products: [], note: "",
            created: now)
        var record = HostRecord(
            host.key.host, publicKey: host.key.publicKey, activationKey: key, facts: host.facts,
            eligibility: .init(system: nil, products: [], refusals: [], flags: []), from: "", at: now)
        record.targets = host.targets
        record.holds = host.holds
        return record
    }

    private func at(_ level: Int, patched: Int = 10) -> SampleHost {
        var host = SampleHost("alpha")
        host.targets[0].level = level
        host.targets[0].patch = level == 0 ? nil : SampleFleet.patch(level)
        host.targets[0].patched = level == 0 ? 0 : patched
        return host
    }

    private func reports(_ host: SampleHost, _ holds: [HoldRecord] = []) throws -> [TargetReport] {
        let record = record(host)
        return TargetReport.reports(
            of: record, holds: Holds(of: record, holds), catalogue: try SampleFleet.catalogue(levels: 3))
    }

    @Test(arguments: 0...3)
    func `what is fixed in memory is what the level in force fixes`(_ level: Int) throws {
        let report = try #require(try reports(at(level)).first)
        #expect(report.newest == 3)
        #expect(report.product == "glibc")
        #expect(report.findings.map(\.vulnerability) == ["CVE-2026-0001", "CVE-2026-0002", "CVE-2026-0003"])
        #expect(report.findings.map(\.level) == [1, 2, 3])
        #expect(report.findings.map(\.isFixed) == [level >= 1, level >= 2, level >= 3])
    }

    @Test func `what some processes lack is not fixed`() throws {
        let report = try #require(try reports(at(2, patched: 9)).first)
        #expect(report.findings.allSatisfy { !$0.isFixed })
    }

    @Test func `a hold names what it keeps from being fixed, and since when`() throws {
        var host = at(1)
        host.holds = [.init(buildID: SampleFleet.build, level: 2, since: now, reason: "audit")]
        let group = HoldRecord(
            id: "h", .group("web"), buildID: nil, product: "glibc", level: nil, since: now.adding(days: -9), reason: "",
            author: "alice")
        let other = HoldRecord(
            id: "i", .group("mail"), buildID: nil, product: nil, level: nil, since: now, reason: "", author: "bob")
        let findings = try #require(try reports(host, [group, other]).first).findings
        #expect(findings.map { $0.holds.map(\.author) } == [[], ["alice"], ["host", "alice"]])
        #expect(findings[1].holds.map(\.since) == [now.adding(days: -9)])
    }

    @Test(arguments: [(0, 10, false), (2, 10, false), (3, 10, false), (2, 9, false), (1, 10, true)])
    func `the answer for scanners is a document of OpenVEX`(_ level: Int, _ patched: Int, _ isHeld: Bool) throws {
        var host = at(level, patched: patched)
        if isHeld { host.holds = [.init(buildID: "*", level: nil, since: now, reason: "x")] }
        let document = try #require(
            OpenVEX.document(of: record(host), try reports(host), author: "Example 社", at: now))
        #expect(try Self.schema.get().faults(of: document) == [])
        guard case .object(let object) = document, case .array(let statements)? = object["statements"] else {
            Issue.record("no statements")
            return
        }
        let states = statements.map { statement -> String? in
            guard case .object(let object) = statement, case .string(let status)? = object["status"] else { return nil }
            return status
        }
        #expect(states == (1...3).map { patched == 10 && level >= $0 ? "fixed" : "affected" })
    }

    @Test func `the schema itself refuses what is no such document`() throws {
        let schema = try Self.schema.get()
        let host = at(1)
        guard case .object(let good)? = OpenVEX.document(of: record(host), try reports(host), author: "x", at: now)
        else {
            Issue.record("no document")
            return
        }
        for name in ["@context", "@id", "author", "timestamp", "version", "statements"] {
            var bad = good
            bad[name] = nil
            #expect(schema.faults(of: .object(bad)) == [": \(name) is missing"])
        }
        var bad = good
        bad["statements"] = .array([
            .object(["vulnerability": .object(["name": .string("CVE-1")]), "status": .string("affected")])
        ])
        #expect(schema.faults(of: .object(bad)) == [".statements[0]: action_statement is missing"])
        bad["statements"] = .array([])
        bad["other"] = .null
        #expect(schema.faults(of: .object(bad)).count == 2)
    }

    @Test func `of what nobody has published, nothing is stated`() throws {
        var host = at(0)
        host.targets[0].buildID = "ffff"
        #expect(OpenVEX.document(of: record(host), try reports(host), author: "x", at: now) == nil)
        #expect(try reports(host).first?.newest == 0)
    }

    @Test(arguments: TestDatabase.allCases)
    func `the fleet in numbers says how far hosts are, and what is open`(_ database: TestDatabase) async throws {
        try await database.withStore { store, _ in
            let records = [0, 1, 3, 3].map { record(at($0)) }
            let (now, catalogue) = (now, try SampleFleet.catalogue(levels: 3))
            try await store.write { try $0.put(records) }
            let report = try await store.read { try FleetReport($0, catalogue, silentSince: now) }
            #expect(report.summary.groups == ["web": 4])
            let build = try #require(report.builds.first)
            #expect((build.name, build.newest, build.current, build.behind) == ("libc.so.6", 3, 2, 2))
            #expect(build.open == ["CVE-2026-0001", "CVE-2026-0002", "CVE-2026-0003"])
        }
    }
}
