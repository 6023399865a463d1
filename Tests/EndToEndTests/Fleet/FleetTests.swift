// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSON
import TestSupport
import Testing

/// A service, two mirrors and a fleet, each a host of its own in one network.
@Suite(.timeLimit(.minutes(15)), .serialized) struct FleetTests {
    private static let source = """
        extern long write(int, const void *, unsigned long);
        int f(int x) {
            int sum = 0;
            for (int i = 0; i < x; i++) { sum += i ^ x; if (sum == -1) write(2, &sum, 4); }
            return sum + ANSWER;
        }

        """
    private static func source(_ answer: Int) -> String { source.replacing("ANSWER", with: "\(answer)") }
    /// What the host of the program does before a patch is in force: it refuses.
    private static let refusal = """
        #include "kaketsugi.h"
        static int refuse(void) { return 42; }
        KAKETSUGI_BEFORE_APPLY(refuse);

        """

    /// How many hosts the fleet has; `KAKETSUGI_FLEET` makes it larger.
    private static let size = ProcessInfo.processInfo.environment["KAKETSUGI_FLEET"].flatMap { Int($0) } ?? 8

    private let network: VirtualNetwork
    private let project: PatchProject
    private let site: ServiceSite

    init() throws {
        network = try VirtualNetwork()
        project = try PatchProject(Self.source(1))
        site = try ServiceSite(on: try VirtualHost(1, in: network))
    }

    private func key(limit: Int) throws -> String {
        let report = try site.asked(
            "activation-keys", "add", "--contract", "C-1", "--limit", "\(limit)", "--data", "data")
        return try #require(report["keys"]?.first?["key"]?.string)
    }

    private func rollout(of file: String, silence: Int = 60) throws -> String {
        let identity = try Command("sha256sum", [file]).output.prefix(64)
        let report = try site.asked(
            "rollouts", "add", "a fix", "--patch", String(identity), "--ring", "canary", "--ring", "40%", "--ring",
            "all",
            "--bake", "0", "--silence", "\(silence)", "--data", "data")
        return try #require(report["rollouts"]?.first?["id"]?.string)
    }

    private func state(of rollout: String) throws -> String? {
        let listed = try site.asked("rollouts", "list", "--data", "data")["rollouts"]?.array
        return listed?.first { $0["id"]?.string == rollout }?["state"]?.string
    }

    private func register(_ hosts: [LicensedHost], _ key: String) async throws {
        let site = site
        try await forEach(hosts) { try $0.register(key, with: site) }
    }

    /// The hosts whose process answers as with the fix.
    private func fixed(_ programs: [TargetProcess], answer: Int) throws -> Int {
        try programs.count { try $0.call(0) == answer }
    }

    @Test func `a good patch walks the rings, from mirrors, while the server is killed`() async throws {
        let good = try project.patch(Self.source(2), to: "good.mend")
        try site.publish(patch: good)
        let mirrors = try (2...3).map { try Mirror(of: site, on: try VirtualHost($0, in: network)) }
        let hosts = try (10..<10 + Self.size).map {
            try LicensedHost($0, in: network, mirrors: mirrors.map(\.address))
        }
        let programs = try hosts.map { try $0.start(project.directory.path("project/program")) }
        try site.start()
        let key = try key(limit: hosts.count)
        try await register(hosts, key)
        let refused = try LicensedHost(40, in: network)
        #expect(throws: CommandFailure.self, "the key is used up") { try refused.register(key, with: site) }

        let rollout = try rollout(of: good)
        // Nobody has it before the canary, and nobody else before the canary has said that it is well.
        #expect(try hosts[0].run("update").status == 0)
        #expect(try fixed(programs, answer: 2) == 1)
        site.kill()
        let alone = try hosts[1].run("update")
        #expect(alone.status == 5, "\(alone.output)")
        try site.start()
        for _ in 0..<6 where try fixed(programs, answer: 2) < hosts.count {
            try await forEach(hosts) { host in
                let update = try host.run("update")
                #expect(update.status == 0, "\(update.errors)\(update.output)")
            }
            site.kill()
            try site.start()
        }
        #expect(try fixed(programs, answer: 2) == hosts.count)
        #expect(mirrors.contains { $0.servedPatches > 0 })
        #expect(try hosts[hosts.count - 1].run("status").status == 0)
        try await forEach(hosts) { host in
            let status = try host.run("update").status
            #expect(status == 0)
        }
        #expect(try state(of: rollout) == "finished")
        let listed = try site.asked("hosts", "list", "--data", "data", "--state", "active")
        #expect(listed["hosts"]?.array?.count == hosts.count, "nothing acknowledged is lost")
        #expect(try site.operate("audit", "verify", "--data", "data").status == 0)
    }

    @Test func `a patch that fails on the canary is halted before the second ring`() async throws {
        let bad = try project.patch(Self.refusal + Self.source(3), to: "bad.mend")
        try site.publish(patch: bad)
        let hosts = try (10..<14).map { try LicensedHost($0, in: network) }
        let programs = try hosts.map { try $0.start(project.directory.path("project/program")) }
        try site.start()
        let key = try key(limit: hosts.count)
        try await register(hosts, key)
        let rollout = try rollout(of: bad)
        #expect(try hosts[0].run("update").status == 3)
        try await forEach(hosts) { host in
            let status = try host.run("update").status
            #expect(status != 5)
        }
        #expect(try state(of: rollout) == "halted")
        #expect(try fixed(programs, answer: 1) == hosts.count, "every process is as it was")
        let tried = try hosts.count { host in
            try host.run("history").output.contains("42")
        }
        #expect(tried == 1, "the canary alone has tried it")
        // A halt outlives the server, and a fix of the fix goes its own way.
        site.kill()
        try site.start()
        try await forEach(hosts) { _ = try $0.run("update") }
        #expect(try state(of: rollout) == "halted")
        #expect(try fixed(programs, answer: 1) == hosts.count)
    }
}
