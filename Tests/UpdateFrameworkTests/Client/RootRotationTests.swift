// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import UpdateFramework

/// The chain of roots, and recovery from stolen keys.
@Suite struct RootRotationTests {
    @Test func `a host follows the chain of roots, one by one`() async throws {
        var repository = try TestRepository()
        let host = try TestHost(of: repository)
        for _ in 0..<5 {
            try repository.publishNextRoot { try $0.appoint([try SigningKey(generating: .ecdsa)], as: .root) }
        }
        try await host.refresh()
        #expect(try host.versions == [6, 1, 1, 1])
        #expect(repository.metadata.takeRequests().prefix(6) == (2...7).map { "\($0).root.json" }[...])
    }

    @Test(arguments: [true, false])
    func `a new root needs the old root's keys and its own`(signedByOld: Bool) async throws {
        var repository = try TestRepository()
        let host = try TestHost(of: repository)
        let old = try #require(repository.keys[.root])
        let new = [try SigningKey(generating: .ed25519)]
        try repository.appoint(new, as: .root)
        repository.root.header.version = 2
        repository.metadata.files["2.root.json"] = try signed(repository.root, by: signedByOld ? old : new)
        #expect(try await refusal { try await host.refresh() } == "not signed root")
        #expect(try host.versions == [1, nil, nil, nil])
    }

    @Test(arguments: [1, 3, .max] as [Int64])
    func `a root of another version than the next is refused`(version: Int64) async throws {
        var repository = try TestRepository()
        let host = try TestHost(of: repository)
        repository.root.header.version = version
        repository.metadata.files["2.root.json"] = try signed(repository.root, by: repository.keys[.root] ?? [])
        #expect(try await refusal { try await host.refresh() } == "wrong version root")
    }

    @Test func `there is no root after the last version number`() async throws {
        var repository = try TestRepository()
        repository.root.header.version = .max
        let last = try repository.publishRoot()
        let host = try TestHost(of: repository)
        try host.directory.write(last, to: "root.json")
        try await host.refresh()
        #expect(try host.version(.root) == .max)
    }

    @Test func `three of five sign, in any choice`() async throws {
        var repository = try TestRepository()
        let host = try TestHost(of: repository)
        let holders = try (0..<5).map { _ in try SigningKey(generating: .ed25519) }
        try repository.publishNextRoot { try $0.appoint(holders, threshold: 3, as: .root) }
        for (version, signers) in [(3, [0, 2, 4]), (4, [0, 1, 3]), (5, [2, 3, 4])] as [(Int64, [Int])] {
            repository.root.header.version = version
            repository.metadata.files["\(version).root.json"] = try signed(
                repository.root, by: signers.map { holders[$0] })
        }
        repository.root.header.version = 6
        repository.metadata.files["6.root.json"] = try signed(repository.root, by: [holders[0], holders[1]])
        #expect(try await refusal { try await host.refresh() } == "not signed root")
        #expect(try host.version(.root) == 5)
    }

    @Test func `an expired root in the chain does no harm, an expired last one does`() async throws {
        var repository = try TestRepository()
        let host = try TestHost(of: repository)
        try repository.publishNextRoot { $0.root.header.expires = TestRepository.justNow }
        #expect(try await refusal { try await host.refresh() } == "expired root")
        #expect(try host.versions == [2, nil, nil, nil])
        try repository.publishNextRoot { $0.root.header.expires = TestRepository.tomorrow }
        try await host.refresh()
        #expect(try host.versions == [3, 1, 1, 1])
    }

    @Test func `a client takes no more roots than its bound`() async throws {
        var repository = try TestRepository()
        var host = try TestHost(of: repository)
        for _ in 0..<4 { try repository.publishNextRoot { _ in } }
        host.limits.rootRotations = 3
        try await host.refresh()
        #expect(try host.version(.root) == 4)
        try await host.refresh()
        #expect(try host.version(.root) == 5)
    }

    static let answers: [(FetchError, String)] = [
        (.refused(status: 403), "accepted"),
        (.refused(status: 500), "not fetched 2.root.json the repository answered with status 500"),
        (.unreachable(reason: "away"), "not fetched 2.root.json away"),
    ]

    @Test(arguments: answers)
    func `only a repository that has no next root ends the chain`(answer: FetchError, word: String) async throws {
        let repository = try TestRepository()
        let host = try TestHost(of: repository)
        repository.metadata.failures["2.root.json"] = answer
        #expect(try await refusal { try await host.refresh() } == word)
    }

    @Test(arguments: [RoleName.timestamp, .snapshot])
    func `a new key for a stolen one makes hosts forget version numbers`(stolen: RoleName) async throws {
        var repository = try TestRepository()
        let host = try TestHost(of: repository)
        repository.targets[.targets]?.header.version = .max
        repository.snapshot.header.version = .max
        repository.timestamp.header.version = .max
        try repository.publish()
        try await host.refresh()
        #expect(try host.versions == [1, .max, .max, .max])
        repository.targets[.targets]?.header.version = 2
        repository.snapshot.header.version = 2
        repository.timestamp.header.version = 2
        try repository.publish()
        #expect(try await refusal { try await host.refresh() } == "rollback timestamp")
        try repository.publishNextRoot { try $0.appoint([try SigningKey(generating: .ed25519)], as: stolen) }
        try repository.publish()
        try await host.refresh()
        #expect(try host.versions == [2, 2, 2, 2])
    }

    @Test func `a key more for a role lets nobody go back`() async throws {
        var repository = try TestRepository()
        let host = try TestHost(of: repository)
        let old = repository
        try repository.publishNext()
        try await host.refresh()
        try repository.publishNextRoot {
            try $0.appoint(($0.keys[.timestamp] ?? []) + [try SigningKey(generating: .ed25519)], as: .timestamp)
        }
        try old.publishTimestamp()
        #expect(try await refusal { try await host.refresh() } == "rollback timestamp")
    }
}
