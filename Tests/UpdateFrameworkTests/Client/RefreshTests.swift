// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import UpdateFramework

/// The update of the top-level roles, with what attacks it.
@Suite struct RefreshTests {
    @Test(arguments: [true, false])
    func `an update stores what the repository sent, byte by byte`(consistentSnapshot: Bool) async throws {
        var repository = try TestRepository(consistentSnapshot: consistentSnapshot)
        let host = try TestHost(of: repository)
        try repository.publishNext()
        repository.metadata.files["timestamp.json"]?.append(0x20)
        try await host.refresh()
        #expect(try host.versions == [1, 2, 2, 2])
        let names =
            consistentSnapshot
            ? ["2.root.json", "timestamp.json", "2.snapshot.json", "2.targets.json"]
            : ["2.root.json", "timestamp.json", "snapshot.json", "targets.json"]
        #expect(repository.metadata.takeRequests() == names)
        for (local, remote) in zip(["timestamp.json", "snapshot.json", "targets.json"], names.dropFirst()) {
            #expect(try host.directory.read(local) as [UInt8] == repository.metadata.files[remote])
        }
        #expect(try host.directory.read("root.json") as [UInt8] == repository.firstRoot)
    }

    @Test func `nothing is fetched again that is here already`() async throws {
        let repository = try TestRepository()
        let host = try TestHost(of: repository)
        try await host.refresh()
        _ = repository.metadata.takeRequests()
        try await host.refresh()
        #expect(repository.metadata.takeRequests() == ["2.root.json", "timestamp.json"])
    }

    @Test func `a host without a trusted root says what to do`() async throws {
        let host = try TestHost(of: try TestRepository())
        try host.directory.remove("root.json")
        #expect(try await refusal { try await host.refresh() } == "no trusted root")
    }

    @Test func `a trusted root must be signed by itself`() async throws {
        let repository = try TestRepository()
        let host = try TestHost(of: repository)
        try host.directory.write(
            try signed(repository.root, by: [try SigningKey(generating: .ed25519)]), to: "root.json")
        #expect(try await refusal { try await host.refresh() } == "not signed root")
        #expect(repository.metadata.takeRequests() == [])
    }

    static let unsigned: [(RoleName, String, [Int64?])] = [
        ("timestamp", "not signed timestamp", [1, 1, 1, 1]), ("snapshot", "not signed snapshot", [1, 2, 1, 1]),
        ("targets", "not signed targets", [1, 2, 2, 1]),
    ]

    @Test(arguments: unsigned)
    func `what the role's key did not sign is refused`(role: RoleName, word: String, versions: [Int64?]) async throws {
        var repository = try TestRepository()
        let host = try TestHost(of: repository)
        try await host.refresh()
        repository.keys[role] = [try SigningKey(generating: .ed25519)]
        try repository.publishNext()
        #expect(try await refusal { try await host.refresh() } == word)
        #expect(try host.versions == versions)
    }

    static let expired: [(RoleName, [Int64?])] = [
        ("timestamp", [1, 1, 1, 1]), ("snapshot", [1, 2, 1, 1]), ("targets", [1, 2, 2, 1]),
    ]

    @Test(arguments: expired)
    func `what has expired is refused`(role: RoleName, versions: [Int64?]) async throws {
        for time in [TestRepository.justNow, TestRepository.now] {
            var repository = try TestRepository()
            let host = try TestHost(of: repository)
            try await host.refresh()
            repository.timestamp.header.expires = role == .timestamp ? time : TestRepository.tomorrow
            repository.snapshot.header.expires = role == .snapshot ? time : TestRepository.tomorrow
            repository.targets[.targets]?.header.expires = role == .targets ? time : TestRepository.tomorrow
            try repository.publishNext()
            #expect(try await refusal { try await host.refresh() } == "expired \(role)")
            #expect(try host.versions == versions)
        }
    }

    @Test func `a mirror that sends the same timestamp for ever freezes nobody`() async throws {
        let repository = try TestRepository()
        let host = try TestHost(of: repository)
        try await host.refresh()
        #expect(try await refusal { try await host.refresh(at: TestRepository.tomorrow) } == "expired root")
        var lasting = repository
        try lasting.publishNextRoot { $0.root.header.expires = UpdateTime(secondsSince1970: .max) }
        #expect(try await refusal { try await host.refresh(at: TestRepository.tomorrow) } == "expired timestamp")
        #expect(try host.versions == [2, 1, 1, 1])
    }

    @Test func `an older timestamp is refused`() async throws {
        var repository = try TestRepository()
        let host = try TestHost(of: repository)
        try repository.publishNext()
        let old = repository.metadata.files["timestamp.json"]
        try repository.publishNext()
        try await host.refresh()
        repository.metadata.files["timestamp.json"] = old
        #expect(try await refusal { try await host.refresh() } == "rollback timestamp")
        #expect(try host.versions == [1, 3, 3, 3])
    }

    @Test func `a timestamp of the same version is put aside`() async throws {
        var repository = try TestRepository()
        let host = try TestHost(of: repository)
        try await host.refresh()
        let before: [UInt8] = try host.directory.read("timestamp.json")
        repository.timestamp.snapshot.version = 100
        try repository.publishTimestamp()
        try await host.refresh()
        #expect(try host.directory.read("timestamp.json") as [UInt8] == before)
    }

    @Test func `a new timestamp with an older snapshot is refused`() async throws {
        var repository = try TestRepository()
        let host = try TestHost(of: repository)
        try repository.publishNext()
        try await host.refresh()
        repository.snapshot.header.version = 1
        repository.timestamp.header.version = 3
        try repository.publishSnapshot()
        try repository.publishTimestamp()
        #expect(try await refusal { try await host.refresh() } == "rollback snapshot")
        #expect(try host.versions == [1, 2, 2, 2])
    }

    @Test func `a snapshot with older targets is refused, also when hashes differ`() async throws {
        var repository = try TestRepository()
        let host = try TestHost(of: repository)
        try repository.publishNext()
        try await host.refresh()
        repository.targets[.targets]?.header.version = 1
        repository.snapshot.header.version = 3
        repository.timestamp.header.version = 3
        try repository.publish()
        #expect(try await refusal { try await host.refresh() } == "rollback targets")
        #expect(try host.versions == [1, 3, 2, 2])
    }

    @Test func `a snapshot that leaves a role out is refused`() async throws {
        var repository = try TestRepository()
        try repository.delegate(["*"], to: "d")
        try repository.publish()
        let host = try TestHost(of: repository)
        try await host.refresh()
        repository.targets["d"] = nil
        repository.snapshot.listed["d"] = nil
        try repository.publishNext()
        #expect(try await refusal { try await host.refresh() } == "no longer listed d")
    }

    @Test func `metadata of different moments is not mixed`() async throws {
        var repository = try TestRepository()
        let host = try TestHost(of: repository)
        let oldSnapshot = repository.metadata.files["1.snapshot.json"]
        let oldTargets = repository.metadata.files["1.targets.json"]
        try repository.publishNext()
        let newSnapshot = repository.metadata.files["2.snapshot.json"]
        repository.metadata.files["2.snapshot.json"] = oldSnapshot
        #expect(try await refusal { try await host.refresh() } == "not as listed snapshot")
        repository.metadata.files["2.snapshot.json"] = newSnapshot
        repository.metadata.files["2.targets.json"] = oldTargets
        #expect(try await refusal { try await host.refresh() } == "not as listed targets")
        // Without hashes in the metadata, the versions tell.
        repository.snapshot.listed[.targets] = ListedMetadata(version: 2)
        repository.snapshot.header.version = 3
        try repository.publishSnapshot()
        repository.timestamp.snapshot = ListedMetadata(version: 3)
        repository.timestamp.header.version = 3
        try repository.publishTimestamp()
        #expect(try await refusal { try await host.refresh() } == "wrong version targets")
        repository.metadata.files["3.snapshot.json"] = newSnapshot
        try host.directory.remove("snapshot.json")
        #expect(try await refusal { try await host.refresh() } == "wrong version snapshot")
    }

    @Test func `metadata of another role is refused`() async throws {
        var repository = try TestRepository()
        let host = try TestHost(of: repository)
        // One key for both roles, so that the signature is good.
        try repository.publishNextRoot { try $0.appoint($0.keys[.timestamp] ?? [], as: .snapshot) }
        try repository.publishSnapshot()
        repository.metadata.files["timestamp.json"] = repository.metadata.files["1.snapshot.json"]
        #expect(try await refusal { try await host.refresh() } == "malformed timestamp")
        #expect(try host.versions == [2, nil, nil, nil])
    }

    @Test func `endless metadata is cut off`() async throws {
        let repository = try TestRepository()
        var host = try TestHost(of: repository)
        let good = repository.metadata.files
        for (name, limit) in [("2.root.json", 512_000), ("timestamp.json", 16_384)] {
            repository.metadata.files[name] = Array(repeating: 0x20, count: limit + 1)
            #expect(
                try await refusal { try await host.refresh() } == "not fetched \(name) it is longer than \(limit) bytes"
            )
            repository.metadata.files = good
        }
        let listed = try #require(repository.timestamp.snapshot.length)
        repository.metadata.files["1.snapshot.json"]?.append(0x20)
        #expect(
            try await refusal { try await host.refresh() }
                == "not fetched 1.snapshot.json it is longer than \(listed) bytes")
        // A bound that is listed does not raise the client's own.
        repository.metadata.files = good
        host.limits.targets = 10
        #expect(
            try await refusal { try await host.refresh() } == "not fetched 1.targets.json it is longer than 10 bytes")
    }

    @Test(arguments: ["timestamp.json", "1.snapshot.json", "1.targets.json"])
    func `a file that is missing ends the update`(name: String) async throws {
        let repository = try TestRepository()
        let host = try TestHost(of: repository)
        repository.metadata.files[name] = nil
        #expect(
            try await refusal { try await host.refresh() } == "not fetched \(name) the repository has no such file")
    }

    @Test func `damaged files on the host are fetched again`() async throws {
        let repository = try TestRepository()
        let host = try TestHost(of: repository)
        try await host.refresh()
        for name in ["timestamp.json", "snapshot.json", "targets.json"] {
            try host.directory.write(Array("damaged".utf8), to: name)
            try await host.refresh()
            #expect(try host.versions == [1, 1, 1, 1])
        }
    }

    @Test func `only trusted metadata is left in the folder`() async throws {
        let repository = try TestRepository()
        let host = try TestHost(of: repository)
        try await host.refresh()
        let names = try host.directory.names
        #expect(names == ["root.json", "snapshot.json", "targets.json", "timestamp.json"])
    }
}
