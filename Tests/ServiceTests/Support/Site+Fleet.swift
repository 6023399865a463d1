// SPDX-License-Identifier: Apache-2.0

import CivilTime
import Foundation
import HostProtocol
import LivePatch
import PatchCatalogue
import Service
import ServicePolicy
import ServiceStore
import TestSupport

extension Site {
    /// The patches of a small catalogue.
    static let patches: [Patch] = [
        Patch(sample: SamplePatch(buildID: [0xab, 0xcd, 0x01])),
        Patch(
            severity: .critical,
            sample: SamplePatch(
                buildID: [0xab, 0xcd, 0x01], level: 2, vulnerabilities: ["CVE-2026-1234", "CVE-2026-2345"])),
        Patch(
            product: "glibc", severity: .moderate,
            sample: SamplePatch(
                of: "libc.so.6", package: "libc6=2.36-9+deb12u13", buildID: [0x5e, 0x11, 0x02], level: 3,
                vulnerabilities: ["CVE-2026-0861", "CVE-2026-0915", "CVE-2025-15281"])),
        Patch(
            product: "glibc", distribution: "rocky-9", severity: .low,
            sample: SamplePatch(
                of: "libc.so.6", package: "glibc-2.34-125.el9_5.1", buildID: [0x77, 0x20, 0x31], level: 1,
                vulnerabilities: ["CVE-2026-0915"])),
    ]

    /// Fills the records with a fleet as one might be: hosts by the real interface, others beside them.
    func populate(_ server: Server, key: String, others: Int) async throws {
        let openssl = Self.patches[1]
        let glibc = Self.patches[2]
        for index in 1...6 {
            var host = TestHost()
            host.name = "web-\(index).example.jp"
            host.machine = String(repeating: "\(index)", count: 64)
            host.tags = index % 2 == 0 ? ["env:prod", "東京"] : ["env:test"]
            _ = try await host.register(key, at: server)
            let isDone = index < 4
            let events: [CheckIn.Event] = [
                .init(
                    number: 1, time: Moment(seconds: Moment.now.seconds - 7200), kind: .applied,
                    patch: try glibc.id(), rollout: nil, detail: "14 processes"),
                .init(
                    number: 2, time: Moment(seconds: Moment.now.seconds - 3600), kind: isDone ? .applied : .failed,
                    patch: try openssl.id(), rollout: nil,
                    detail: isDone ? "9 processes" : "nginx (812): SSL_read is on the stack of 3 threads"),
            ]
            _ = try await host.send(
                host.checkIn(
                    1,
                    [
                        .init(
                            name: "libc.so.6", buildID: "5e1102", processes: 14, level: 3, patch: try glibc.id(),
                            patched: 14),
                        .init(
                            name: "libssl.so.3", buildID: "abcd01", processes: 9, level: isDone ? 2 : 0,
                            patch: isDone ? try openssl.id() : nil, patched: isDone ? 9 : 0),
                    ], events,
                    index == 5
                        ? [.init(buildID: "abcd01", level: 1, since: .now.adding(days: -12), reason: "月末締めの後に適用")]
                        : []), to: server)
        }
        try await enter(others: others, key)
    }

    private func enter(others: Int, _ key: String) async throws {
        let store = try await ServiceStore(at: .folder(directory.path))
        let written = try ActivationKeySecret(reading: key)
        let records: [HostRecord] = try (0..<others).map { index in
            var host = TestHost()
            host.name = "batch-\(index + 100).example.jp"
            let activationKey = ActivationKey(
                written, contract: "C-1", limit: nil, expires: nil, group: index % 3 == 0 ? "db" : "batch",
                products: [], note: "", created: .now)
            var record = HostRecord(
                host.key.host, publicKey: host.key.publicKey, activationKey: activationKey, facts: host.facts,
                eligibility: EligibilityAnswer(
                    system: "Debian 12", products: ["glibc"], refusals: [], flags: []), from: "192.0.2.\(index)",
                at: Moment(seconds: Moment.now.seconds - 500_000))
            record.progress.seen = Moment(seconds: Moment.now.seconds - Int64(index) * 4000)
            record.targets = [
                .init(
                    name: "libc.so.6", buildID: "5e1102", processes: 20, level: index % 2 == 0 ? 3 : 0,
                    patch: index % 2 == 0 ? try Self.patches[2].id() : nil, patched: index % 2 == 0 ? 20 : 0)
            ]
            return record
        }
        let glibc = try Self.patches[2].id()
        let tomorrow = Moment(startOf: Moment.now.dayInTokyo.adding(days: 3))
        try await store.write { stored in
            for record in records { try stored.put(record) }
            var rollout = RolloutRecord(
                id: "2026-11-21-sample", title: "glibc の修正 (11 月)",
                patches: [
                    .init(
                        product: "glibc", distribution: "debian-12", buildID: "5e1102", level: 3, patch: glibc,
                        vulnerabilities: ["CVE-2026-0861", "CVE-2026-0915"])
                ], rings: Ring.usual, by: "admin", at: Moment(seconds: Moment.now.seconds - 10_000))
            rollout.ring = 2
            try stored.put(rollout)
            var grants: [Grant] = []
            for (index, record) in records.enumerated() {
                let ring = index == 0 ? 0 : index < 8 ? 1 : 2
                var grant = Grant(
                    rollout: rollout.id, host: record.id, ring: ring, isCanary: index == 0,
                    granted: Moment(seconds: Moment.now.seconds - 9000))
                grant.outcome = index == 9 ? .failed : index % 5 == 4 ? .pending : .succeeded
                if grant.outcome != .pending {
                    grant.decided = Moment(seconds: Moment.now.seconds - 8900 + Int64(index) * 140)
                }
                if grant.outcome == .failed { grant.detail = "java (4711): the patch could not be verified" }
                grants.append(grant)
            }
            try stored.put(grants)
            for (kind, ring) in [(RolloutStep.Kind.begun, 0), (.opened, 1), (.opened, 2)] {
                try stored.add(
                    RolloutStep(
                        kind, ring: ring, by: ring == 0 ? "admin" : "director",
                        at: Moment(seconds: Moment.now.seconds - 10_000 + Int64(ring) * 3000)), to: rollout.id)
            }
            try stored.put(
                MaintenanceRecord(
                    id: "m1",
                    window: MaintenanceWindow(
                        .planned, from: tomorrow, to: Moment(seconds: tomorrow.seconds + 7200), noticed: .now),
                    text: PolicyText("The database moves to new hardware.", "データベースを新しいハードウェアに移行します。")))
            try stored.put(DesignatedDay(Moment.now.dayInTokyo.adding(days: 40), note: "年末年始"))
        }
        await store.close()
    }
}
