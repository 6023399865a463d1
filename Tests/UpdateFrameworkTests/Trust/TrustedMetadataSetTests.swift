// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import UpdateFramework

/// The order of the steps, and that a step that fails changes nothing.
@Suite struct TrustedMetadataSetTests {
    @Test func `steps out of order are refused`() async throws {
        var repository = try TestRepository()
        try repository.publishNextRoot { _ in }
        let files = repository.metadata.files
        func file(_ name: String) throws -> [UInt8] { try #require(files[name]) }
        var set = try TrustedMetadataSet(trustedRoot: repository.firstRoot, at: TestRepository.now)
        func refused(_ body: (inout TrustedMetadataSet) throws -> Void) async throws -> String {
            try await refusal { try body(&set) }
        }
        #expect(
            try await refused { _ = try $0.updateTimestamp(try file("timestamp.json")) } == "out of order timestamp")
        #expect(try await refused { _ = try $0.updateRoot(try file("2.root.json")) } == "accepted")
        #expect(try await refused { try $0.finishRoot() } == "accepted")
        #expect(try await refused { _ = try $0.updateRoot(try file("2.root.json")) } == "out of order root")
        #expect(try await refused { try $0.updateSnapshot(try file("1.snapshot.json")) } == "out of order snapshot")
        #expect(try await refused { _ = try $0.updateTimestamp(try file("timestamp.json")) } == "accepted")
        #expect(
            try await refused { _ = try $0.updateTimestamp(try file("timestamp.json")) } == "out of order timestamp")
        #expect(try await refused { _ = try $0.listed(.targets) } == "out of order targets")
        #expect(try await refused { try $0.updateSnapshot(try file("1.snapshot.json")) } == "accepted")
        #expect(try await refused { try $0.updateSnapshot(try file("1.snapshot.json")) } == "out of order snapshot")
        #expect(try await refused { _ = try $0.listed("other") } == "not listed other")
        let authority = set.targetsAuthority
        #expect(
            try await refused { _ = try $0.targets(try file("1.targets.json"), of: .targets, by: authority) }
                == "accepted")
    }

    @Test func `a step that fails leaves what was trusted`() throws {
        var repository = try TestRepository()
        var set = try TrustedMetadataSet(trustedRoot: repository.firstRoot, at: TestRepository.now)
        let good = try #require(repository.metadata.files["timestamp.json"])
        try repository.publishNextRoot { try $0.appoint([try SigningKey(generating: .ed25519)], as: .timestamp) }
        let bad = try signed(repository.root, by: [])
        #expect(throws: UpdateError.self) { try set.updateRoot(bad) }
        #expect(set.root.header.version == 1)
        try set.finishRoot()
        try set.restoreTimestamp(good)
        repository.timestamp.header.version = 2
        try repository.publishTimestamp()
        // Signed by the key of root 2, which this set does not trust.
        #expect(throws: UpdateError.self) { try set.updateTimestamp(repository.metadata.files["timestamp.json"] ?? []) }
        #expect(set.timestamp?.header.version == 1)
        #expect(try !set.updateTimestamp(good))
    }
}
