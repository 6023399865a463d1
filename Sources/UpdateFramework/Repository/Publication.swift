// SPDX-License-Identifier: Apache-2.0

/// One state of a repository, as hosts can fetch it: all roles' metadata, signed.
package struct Publication: Sendable {
    /// The root, with all roots before it that hosts may still have.
    package var roots: [SignedMetadata<RootMetadata>]
    /// The targets roles, the top-level one included.
    package var targets: [RoleName: SignedMetadata<TargetsMetadata>]
    /// The snapshot; nil before the first.
    package private(set) var snapshot: SignedMetadata<SnapshotMetadata>?
    /// The timestamp; nil before the first.
    package private(set) var timestamp: SignedMetadata<TimestampMetadata>?

    /// A repository with a root, and targets that were signed where their keys are.
    package init(
        roots: [SignedMetadata<RootMetadata>], targets: [RoleName: SignedMetadata<TargetsMetadata>]
    ) {
        self.roots = roots
        self.targets = targets
    }

    /// A repository as it was published.
    init(
        roots: [SignedMetadata<RootMetadata>], targets: [RoleName: SignedMetadata<TargetsMetadata>],
        snapshot: SignedMetadata<SnapshotMetadata>, timestamp: SignedMetadata<TimestampMetadata>
    ) {
        self.roots = roots
        self.targets = targets
        self.snapshot = snapshot
        self.timestamp = timestamp
    }

    /// Makes a new snapshot of the targets roles, with the online keys.
    ///
    /// - Parameters:
    ///   - expires: from when on it must not be trusted.
    ///   - signers: the keys.
    ///   - used: a version that was given before, by somebody who did not come to the end.
    /// - Throws: `RepositoryError.noNextVersion`, or what a signer throws.
    package mutating func renewSnapshot(
        expires: UpdateTime, signers: [any Signer], after used: Int64 = 0
    ) throws(RepositoryError) {
        let version = try nextVersion(after: max(used, snapshot?.payload.header.version ?? 0), of: .snapshot)
        var new = SignedMetadata(
            SnapshotMetadata(header: MetadataHeader(version: version, expires: expires), listed: listed))
        for signer in signers { try new.sign(with: signer) }
        snapshot = new
    }

    /// Whether the snapshot is not what it must be: it lists other versions, or its signatures do not count.
    package func needsSnapshot(by authority: RoleKeys) -> Bool {
        guard let snapshot, authority.isSatisfied(by: snapshot) else { return true }
        return snapshot.payload.listed != listed
    }

    /// What the snapshot must say of the targets roles.
    ///
    /// Of delegated roles only their versions, since every host fetches the whole list: a signed version has one content,
    /// and who could sign two is trusted for either.
    private var listed: [RoleName: ListedMetadata] {
        var listed = targets.mapValues { ListedMetadata(version: $0.payload.header.version) }
        if let top = targets[.targets] {
            listed[.targets] = Self.statement(on: top.bytes, version: top.payload.header.version)
        }
        return listed
    }

    /// Makes a new timestamp of the snapshot, with the online keys.
    ///
    /// - Throws: `RepositoryError.noNextVersion`, or what a signer throws.
    package mutating func renewTimestamp(
        expires: UpdateTime, signers: [any Signer]
    ) throws(RepositoryError) {
        guard let snapshot else { throw .notComplete(role: .snapshot, valid: 0, threshold: 1) }
        let version = try nextVersion(after: timestamp?.payload.header.version ?? 0, of: .timestamp)
        let statement = Self.statement(on: snapshot.bytes, version: snapshot.payload.header.version)
        var new = SignedMetadata(
            TimestampMetadata(header: MetadataHeader(version: version, expires: expires), snapshot: statement))
        for signer in signers { try new.sign(with: signer) }
        timestamp = new
    }

    private static func statement(on bytes: [UInt8], version: Int64) -> ListedMetadata {
        ListedMetadata(version: version, length: bytes.count, hashes: FileHashes(of: bytes))
    }
}
