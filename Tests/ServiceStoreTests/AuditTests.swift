// SPDX-License-Identifier: Apache-2.0

import ServicePolicy
import ServiceStore
import ServiceTesting
import Testing

@Suite(.serialized) struct AuditTests {
    private let now = SampleFleet.start

    private func fill(_ store: ServiceStore, _ count: Int) async throws {
        let now = now
        try await store.write { records in
            for number in 0..<count {
                try records.log("test.done", of: "s\(number % 3)", by: "tester", at: now, detail: "n\(number)")
            }
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `entries are chained, listed and found intact`(_ database: TestDatabase) async throws {
        try await database.withStore { store, _ in
            #expect(
                try await store.read { try $0.verifyAudit() }
                    == .intact(entries: 0, head: AuditEntry.beginning))
            try await fill(store, 2500)
            let entries = try await store.read { try $0.audit(page: Page(limit: 2)) }
            #expect(entries.map(\.number) == [2500, 2499])
            #expect(entries[0].previous == entries[1].hash)
            #expect(try await store.read { try $0.verifyAudit() } == .intact(entries: 2500, head: entries[0].hash))
            #expect(
                try await store.read { try $0.audit(of: "s1", page: Page(offset: 1, limit: 1)) }.map(\.detail) == [
                    "n2494"
                ])
            let kept = entries[1].hash
            #expect(try await store.read { try $0.hasAuditEntry(hash: kept) })
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `several that write at once make one chain`(_ database: TestDatabase) async throws {
        try await database.withStore { store, location in
            let second = try await ServiceStore(at: location)
            let now = now
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<60 {
                    let store = number.isMultiple(of: 2) ? store : second
                    group.addTask {
                        try await store.write { _ = try $0.log("test", of: "x", by: "\(number)", at: now) }
                    }
                }
                try await group.waitForAll()
            }
            guard case .intact(let entries, _) = try await store.read({ try $0.verifyAudit() }) else {
                Issue.record("the chain is broken")
                return
            }
            #expect(entries == 60)
            await second.close()
        }
    }

    /// What somebody with access to the database might do to entry 4 of 9, and what is found first.
    @Test(
        arguments: TestDatabase.allCases,
        [
            ("UPDATE audit SET detail = 'other' WHERE number = 4", 4),
            ("UPDATE audit SET actor = 'other' WHERE number = 4", 4),
            ("UPDATE audit SET time = time + 1 WHERE number = 4", 4),
            ("UPDATE audit SET hash = previous WHERE number = 4", 4),
            ("DELETE FROM audit WHERE number = 4", 4),
            ("DELETE FROM audit WHERE number = 1", 1),
            ("DELETE FROM audit WHERE number > 6", 7),
            ("DELETE FROM audit", 1),
            ("UPDATE settings SET value = '9 x' WHERE name = 'audit.head'", 10),
        ] as [(String, Int64)])
    func `the first entry that was changed is named`(_ database: TestDatabase, _ attack: (String, Int64)) async throws {
        try await database.withStore { store, _ in
            try await fill(store, 9)
            try await store.write { try $0.run(attack.0) }
            #expect(try await store.read { try $0.verifyAudit() } == .changed(entry: attack.1))
        }
    }
}
