// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import UpdateFramework

/// New roots, from holder to holder.
@Suite struct RootCeremonyTests {
    let holders = (0..<5).compactMap { _ in try? SigningKey(generating: .ed25519) }
    let online = (0..<2).compactMap { _ in try? SigningKey(generating: .ed25519) }

    func begin() throws -> RootCeremony {
        let three = RootCeremony.Holders(holders.map(\.publicKey), threshold: 3)
        return try RootCeremony(
            creating: [
                .root: three, .targets: RootCeremony.Holders(holders.prefix(3).map(\.publicKey), threshold: 2),
                .snapshot: RootCeremony.Holders([online[0].publicKey], threshold: 1),
                .timestamp: RootCeremony.Holders([online[1].publicKey], threshold: 1),
            ], expires: TestRepository.tomorrow)
    }

    func firstRoot() throws -> SignedMetadata<RootMetadata> {
        var ceremony = try begin()
        for holder in holders.prefix(3) { try ceremony.sign(with: holder) }
        return try ceremony.finished()
    }

    /// The file as it goes to the next holder.
    func carried(_ root: SignedMetadata<RootMetadata>) throws -> SignedMetadata<RootMetadata> {
        try SignedMetadata(parsing: root.bytes)
    }

    @Test func `three of five make the first root`() throws {
        var ceremony = try begin()
        #expect(ceremony.changes.map(\.role) == RoleName.topLevel)
        for (signed, holder) in holders.prefix(3).enumerated() {
            #expect(ceremony.missing == (0, 3 - signed))
            #expect(throws: RepositoryError.self) { try ceremony.finished() }
            try ceremony.sign(with: holder)
            ceremony = try RootCeremony(resuming: try carried(ceremony.next), after: nil)
        }
        #expect(ceremony.missing == (0, 0))
        let root = try ceremony.finished()
        _ = try TrustedMetadataSet(trustedRoot: root.bytes, at: TestRepository.now)
    }

    @Test func `who signs twice signs once`() throws {
        var ceremony = try begin()
        for _ in 0..<3 { try ceremony.sign(with: holders[0]) }
        #expect(ceremony.missing == (0, 2))
        #expect(ceremony.next.signatures.count == 1)
    }

    @Test func `a stolen key is replaced, with signatures of old and new holders`() throws {
        let first = try firstRoot()
        let new = try SigningKey(generating: .ecdsa)
        var ceremony = try RootCeremony(following: first, expires: TestRepository.tomorrow)
        try ceremony.rotate(holders[0].publicKey.id, to: new.publicKey, of: .root)
        #expect(
            ceremony.changes == [
                .init(role: .root, added: [new.publicKey.id], removed: [holders[0].publicKey.id], threshold: 3)
            ])
        for holder in [new, holders[1], holders[2]] {
            try ceremony.sign(with: holder)
            ceremony = try RootCeremony(resuming: try carried(ceremony.next), after: try carried(first))
        }
        #expect(ceremony.missing == (1, 0))
        #expect(throws: RepositoryError.self) { try ceremony.finished() }
        try ceremony.sign(with: holders[3])
        let second = try ceremony.finished()
        var set = try TrustedMetadataSet(trustedRoot: first.bytes, at: TestRepository.now)
        #expect(try !set.updateRoot(second.bytes))
        #expect(set.root.header.version == 2)
        // The key is still a holder of targets.
        #expect(set.root.keys[holders[0].publicKey.id] != nil)
    }

    @Test func `a new online key makes hosts forget, and the old key leaves the root`() throws {
        let first = try firstRoot()
        let new = try SigningKey(generating: .ed25519)
        var ceremony = try RootCeremony(following: first, expires: TestRepository.tomorrow)
        try ceremony.rotate(online[1].publicKey.id, to: new.publicKey, of: .timestamp)
        for holder in holders.suffix(3) { try ceremony.sign(with: holder) }
        let second = try ceremony.finished()
        #expect(second.payload.keys[online[1].publicKey.id] == nil)
        var set = try TrustedMetadataSet(trustedRoot: first.bytes, at: TestRepository.now)
        #expect(try set.updateRoot(second.bytes))
    }

    @Test func `what cannot be is refused`() throws {
        var ceremony = try begin()
        let stranger = try SigningKey(generating: .ed25519)
        #expect(throws: RepositoryError.self) { try ceremony.sign(with: stranger) }
        #expect(throws: RepositoryError.self) {
            try ceremony.rotate(stranger.publicKey.id, to: online[0].publicKey, of: .root)
        }
        #expect(throws: RepositoryError.self) {
            try ceremony.rotate(holders[0].publicKey.id, to: holders[1].publicKey, of: .root)
        }
        #expect(throws: RepositoryError.self) {
            try ceremony.appoint(.init([stranger.publicKey], threshold: 2), as: .snapshot)
        }
        #expect(throws: RepositoryError.self) {
            try ceremony.appoint(.init([stranger.publicKey, stranger.publicKey], threshold: 2), as: .snapshot)
        }
        #expect(throws: RepositoryError.self) {
            try ceremony.appoint(.init([stranger.publicKey], threshold: 0), as: .snapshot)
        }
        #expect(throws: RepositoryError.self) {
            try RootCeremony(resuming: try firstRoot(), after: try firstRoot())
        }
        #expect(throws: RepositoryError.self) {
            try RootCeremony(creating: [:], expires: TestRepository.tomorrow)
        }
    }

    @Test func `a change voids the signatures`() throws {
        var ceremony = try begin()
        try ceremony.sign(with: holders[0])
        try ceremony.appoint(.init([online[1].publicKey], threshold: 1), as: .snapshot)
        #expect(ceremony.next.signatures.isEmpty)
    }

    @Test func `a signer that signs with another key is noticed`() throws {
        struct Wrong: Signer {
            let publicKey: PublicKey
            let other: SigningKey
            func sign(_ message: [UInt8]) throws(RepositoryError) -> [UInt8] { try other.sign(message) }
        }
        var ceremony = try begin()
        #expect(throws: RepositoryError.self) {
            try ceremony.sign(with: Wrong(publicKey: holders[0].publicKey, other: holders[1]))
        }
        #expect(ceremony.next.signatures.isEmpty)
    }
}
