// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import UpdateFramework

/// A repository by the book: root 3 of 5 and targets 2 of 3 offline, snapshot and timestamp online.
struct CeremonySite {
    /// The moment at which all tests happen: 2026-07-01T12:00:00Z.
    static let now = UpdateTime(secondsSince1970: 1_782_907_200)

    let directory: TemporaryDirectory
    let tree: RepositoryTree
    var root: [SigningKey]
    var targets: [SigningKey]
    var snapshot: SigningKey
    var timestamp: SigningKey

    /// Begins the repository, with a role "product" and a target in it.
    init() throws {
        directory = try TemporaryDirectory(in: .memory)
        tree = RepositoryTree(path: directory.path("repository"))
        root = try (0..<5).map { _ in try SigningKey(generating: .ed25519) }
        targets = try (0..<3).map { _ in try SigningKey(generating: .ed25519) }
        snapshot = try SigningKey(generating: .ed25519)
        timestamp = try SigningKey(generating: .ed25519)
        var first = try begin()
        try signAll(&first)
        try publish(first)
        var change = try CeremonyBundle(changing: tree)
        let signers = RoleSigners(keyIDs: targets.map(\.publicKey.id), threshold: 2)
        let keys = Dictionary(uniqueKeysWithValues: targets.map { ($0.publicKey.id, $0.publicKey) })
        try change.propose(.targets, at: Self.now) {
            $0.delegations = Delegations(
                keys: keys,
                roles: [
                    DelegatedRole(
                        name: "product", signers: signers, scope: .paths([PathPattern("product/*")]),
                        isTerminating: true)
                ])
        }
        try change.add([1, 2, 3], as: "product/1", custom: nil, to: "product", at: Self.now)
        try signAll(&change)
        try publish(change)
    }

    /// The first change of a repository with these keys.
    func begin() throws -> CeremonyBundle {
        try CeremonyBundle(
            creating: [
                .root: .init(root.map(\.publicKey), threshold: 3),
                .targets: .init(targets.map(\.publicKey), threshold: 2),
                .snapshot: .init([snapshot.publicKey], threshold: 1),
                .timestamp: .init([timestamp.publicKey], threshold: 1),
            ], names: [root[0].publicKey.id: "alice"], at: Self.now)
    }

    /// A change with one more target.
    func change(_ bytes: [UInt8] = [4], as path: TargetPath = "product/2") throws -> CeremonyBundle {
        var change = try CeremonyBundle(changing: tree)
        try change.add(bytes, as: path, custom: nil, to: "product", at: Self.now)
        return change
    }

    /// Signs with as many keys as it takes, as all holders together.
    func signAll(_ change: inout CeremonyBundle) throws {
        for key in root + targets { _ = try? change.sign(with: key) }
        #expect(change.isComplete)
    }

    /// The publication after a change, renewed by the server.
    func publication(after change: CeremonyBundle) throws -> Publication {
        var next = try change.applied(to: try tree.read(), roots: try tree.readRoots(), at: Self.now)
        let lifetimes = Lifetimes()
        try next.renewSnapshot(
            expires: lifetimes.expiry(of: .snapshot, from: Self.now), signers: [snapshot],
            after: try tree.usedVersion(of: .snapshot, from: next.snapshot?.payload.header.version ?? 0))
        try next.renewTimestamp(expires: lifetimes.expiry(of: .timestamp, from: Self.now), signers: [timestamp])
        return next
    }

    func publish(_ change: CeremonyBundle) throws {
        let next = try publication(after: change)
        for (path, bytes) in change.contents { _ = try tree.write(bytes, as: path) }
        try tree.write(next)
    }

    /// The root that is trusted from the beginning.
    func trustedRoot() throws -> SignedMetadata<RootMetadata> {
        try SignedMetadata(parsing: try directory.read("repository/metadata/1.root.json"))
    }

    /// What a host of the first day trusts after an update from a folder, by version.
    func versions(of tree: RepositoryTree) async throws -> [Int64] {
        let host = try TemporaryDirectory(in: .memory)
        let metadata = MetadataDirectory(path: host.path)
        try metadata.initialize(trustedRoot: try trustedRoot().bytes)
        var client = UpdateClient(
            directory: metadata, repository: DirectoryFetcher(directory: tree.metadata), at: Self.now)
        let file = try await client.find("product/1")
        _ = try await client.download(
            "product/1", file, from: DirectoryFetcher(directory: tree.targets), into: host.path)
        let trusted = try #require(client.trusted)
        return [trusted.root.header.version, trusted.timestamp?.header.version ?? 0]
    }
}

/// What is refused, as a word.
func refusalOfRepository(_ body: () throws -> Void) throws -> String {
    do {
        try body()
    } catch let error as RepositoryError {
        return switch error {
        case .otherRepository: "other repository"
        case .notTheFirst: "not the first"
        case .doesNotFollow(let role, _, _): "does not follow \(role)"
        case .expired(let role, _, _): "expired \(role)"
        case .otherChange(let role): "other change \(role)"
        case .mustBeIssuedAgain(let role): "must be issued again \(role)"
        case .notDelegated(let role): "not delegated \(role)"
        case .wrongContents(let target): "wrong contents \(target)"
        case .nothingProposed: "nothing proposed"
        case .bundleExists: "bundle exists"
        case .notABundle: "not a bundle"
        case .notComplete(let role, _, _): "not complete \(role)"
        case .notASigner: "not a signer"
        case .tooFewKeys(let role, _, _): "too few keys \(role)"
        case .noSuchKey: "no such key"
        case .keyInUse: "key in use"
        case .malformed: "malformed"
        case .missing: "missing"
        case .storage: "storage"
        case .signing, .noNextVersion, .badKeyFile, .wrongPassphrase, .alreadyPublished, .unusableName, .roleExists:
            "\(error)"
        }
    }
    return "accepted"
}
