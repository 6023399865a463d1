// SPDX-License-Identifier: Apache-2.0

import Crypto
import JSON
import TestSupport
import Testing

@testable import UpdateFramework

/// A repository whose owner can do anything, also what no honest owner does.
struct TestRepository {
    /// The moment at which all tests happen: 2026-07-01T12:00:00Z.
    static let now = UpdateTime(secondsSince1970: 1_782_907_200)
    /// A day after it.
    static let tomorrow = UpdateTime(secondsSince1970: 1_782_993_600)
    /// A second before it.
    static let justNow = UpdateTime(secondsSince1970: 1_782_907_199)

    /// The private keys of each role.
    var keys: [RoleName: [SigningKey]] = [:]
    var root: RootMetadata
    var timestamp: TimestampMetadata
    var snapshot: SnapshotMetadata
    var targets: [RoleName: TargetsMetadata]
    let metadata = MemoryFetcher()
    let contents = MemoryFetcher()
    /// The root with which hosts begin.
    private(set) var firstRoot: [UInt8] = []

    /// A repository of one key a role, with everything at version 1 and published.
    init(consistentSnapshot: Bool = true) throws {
        root = RootMetadata(
            header: Self.header, consistentSnapshot: consistentSnapshot, keys: [:],
            roles: [:])
        timestamp = TimestampMetadata(header: Self.header, snapshot: ListedMetadata(version: 1))
        snapshot = SnapshotMetadata(header: Self.header, listed: [:])
        targets = [.targets: TargetsMetadata(header: Self.header)]
        for role in RoleName.topLevel { try appoint([try SigningKey(generating: .ed25519)], as: role) }
        try publish()
        firstRoot = try publishRoot()
    }

    static var header: MetadataHeader { MetadataHeader(version: 1, expires: tomorrow) }

    /// Gives a top-level role keys.
    mutating func appoint(_ keys: [SigningKey], threshold: Int = 1, as role: RoleName) throws {
        self.keys[role] = keys
        root.roles[role] = RoleSigners(keyIDs: keys.map(\.publicKey.id), threshold: threshold)
        for key in keys { root.keys[key.publicKey.id] = key.publicKey }
    }

    /// Publishes the root as it is, signed by the root's keys and by some others.
    @discardableResult
    mutating func publishRoot(alsoSignedBy others: [SigningKey] = []) throws -> [UInt8] {
        let bytes = try signed(root, by: (keys[.root] ?? []) + others)
        metadata.files["\(root.header.version).root.json"] = bytes
        return bytes
    }

    /// Publishes targets, snapshot and timestamp; each says what those below it are.
    mutating func publish() throws {
        for role in targets.keys { try publishTargets(of: role) }
        try publishSnapshot()
        try publishTimestamp()
    }

    /// Publishes a targets role as it is, and lists it in the snapshot.
    mutating func publishTargets(of role: RoleName) throws {
        let metadata = try #require(targets[role])
        let bytes = try signed(metadata, by: keys[role] ?? [])
        self.metadata.files[name(role, metadata.header.version)] = bytes
        snapshot.listed[role] = Self.statement(on: bytes, version: metadata.header.version)
    }

    /// Publishes the snapshot as it is, and names it in the timestamp.
    mutating func publishSnapshot() throws {
        let bytes = try signed(snapshot, by: keys[.snapshot] ?? [])
        metadata.files[name(.snapshot, snapshot.header.version)] = bytes
        timestamp.snapshot = Self.statement(on: bytes, version: snapshot.header.version)
    }

    /// Publishes the timestamp as it is.
    func publishTimestamp() throws {
        metadata.files["timestamp.json"] = try signed(timestamp, by: keys[.timestamp] ?? [])
    }

    /// Publishes everything again with the next version numbers.
    mutating func publishNext() throws {
        for role in targets.keys { targets[role]?.header.version += 1 }
        snapshot.header.version += 1
        timestamp.header.version += 1
        try publish()
    }

    /// Publishes a next root, with the signatures that it needs.
    mutating func publishNextRoot(change: (inout TestRepository) throws -> Void) throws {
        let old = keys[.root] ?? []
        root.header.version += 1
        try change(&self)
        try publishRoot(alsoSignedBy: old)
    }

    /// Adds a target to a role.
    mutating func add(_ text: String, as path: TargetPath, to role: RoleName = .targets) {
        let bytes = Array(text.utf8)
        let file = TargetFile(of: bytes)
        targets[role]?.targets[path] = file
        contents.files[FileNaming.target(path, hash: root.consistentSnapshot ? file.hashes.first : nil)] = bytes
    }

    /// Delegates some paths to a new role with a key of its own.
    @discardableResult
    mutating func delegate(
        _ patterns: [String], from delegator: RoleName = .targets, to role: RoleName, isTerminating: Bool = false,
        key: SigningKey? = nil
    ) throws -> SigningKey {
        let key = try key ?? SigningKey(generating: .ed25519)
        var delegations = targets[delegator]?.delegations ?? Delegations(keys: [:], roles: [])
        delegations.keys[key.publicKey.id] = key.publicKey
        delegations.roles.append(
            DelegatedRole(
                name: role, signers: RoleSigners(keyIDs: [key.publicKey.id], threshold: 1),
                scope: .paths(patterns.map(PathPattern.init)), isTerminating: isTerminating))
        targets[delegator]?.delegations = delegations
        if targets[role] == nil { targets[role] = TargetsMetadata(header: Self.header) }
        keys[role, default: []].append(key)
        return key
    }

    func name(_ role: RoleName, _ version: Int64) -> String {
        FileNaming.metadata(role, version: root.consistentSnapshot ? version : nil)
    }

    static func statement(on bytes: [UInt8], version: Int64) -> ListedMetadata {
        ListedMetadata(version: version, length: bytes.count, hashes: FileHashes(of: bytes))
    }
}

/// Metadata as a file, signed by some keys.
func signed<Payload: MetadataPayload>(_ payload: Payload, by keys: [SigningKey]) throws -> [UInt8] {
    var signed = SignedMetadata(payload)
    for key in keys { try signed.sign(with: key) }
    return signed.bytes
}

/// A host with a folder of its own.
struct TestHost {
    let directory: TemporaryDirectory
    let downloads: TemporaryDirectory
    let repository: TestRepository
    var limits = ClientLimits()

    /// A host that trusts the repository's first root.
    init(of repository: TestRepository) throws {
        directory = try TemporaryDirectory()
        downloads = try TemporaryDirectory()
        self.repository = repository
        try MetadataDirectory(path: directory.path).initialize(trustedRoot: repository.firstRoot)
    }

    func client(at time: UpdateTime = TestRepository.now) -> UpdateClient {
        UpdateClient(
            directory: MetadataDirectory(path: directory.path), repository: repository.metadata, at: time,
            limits: limits)
    }

    /// One update.
    func refresh(at time: UpdateTime = TestRepository.now) async throws {
        var client = client(at: time)
        try await client.refresh()
    }

    /// One update, and a target.
    func download(_ path: TargetPath) async throws -> String {
        var client = client()
        let file = try await client.find(path)
        return try await client.download(path, file, from: repository.contents, into: downloads.path)
    }

    /// The version that the host has on disk; nil if it has none.
    func version(_ role: RoleName) throws -> Int64? {
        guard directory.exists("\(role).json") else { return nil }
        let bytes: [UInt8] = try directory.read("\(role).json")
        let fields = try Fields(try JSONValue(parsing: bytes), path: "metadata")
        return try fields.fields("signed").integer("version", atLeast: 1)
    }

    /// The versions of root, timestamp, snapshot and targets.
    var versions: [Int64?] {
        get throws { try RoleName.topLevel.map { try version($0) } }
    }
}

/// What an update throws, as a word.
func refusal(_ body: () async throws -> Void) async throws -> String {
    do {
        try await body()
    } catch let error as UpdateError {
        return error.word
    }
    return "accepted"
}

extension UpdateError {
    /// The case and the role, for comparison.
    var word: String {
        switch self {
        case .malformed(let role, _): "malformed \(role)"
        case .notSigned(let role, _, _): "not signed \(role)"
        case .rollback(let role, _, _): "rollback \(role)"
        case .wrongVersion(let role, _, _): "wrong version \(role)"
        case .notAsListed(let role): "not as listed \(role)"
        case .noLongerListed(let role): "no longer listed \(role)"
        case .notListed(let role): "not listed \(role)"
        case .expired(let role, _, _): "expired \(role)"
        case .outOfOrder(let role): "out of order \(role)"
        case .noSuchTarget: "no such target"
        case .searchTooLong: "search too long"
        case .unknownHashes: "unknown hashes"
        case .notTheTarget: "not the target"
        case .unusableName: "unusable name"
        case .noTrustedRoot: "no trusted root"
        case .notFetched(let file, let error): "not fetched \(file) \(error)"
        case .storage: "storage"
        }
    }
}
