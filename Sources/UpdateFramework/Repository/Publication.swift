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
    /// - Throws: `RepositoryError.noNextVersion`, or what a signer throws.
    package mutating func renewSnapshot(
        expires: UpdateTime, signers: [any Signer]
    ) throws(RepositoryError) {
        let version = try nextVersion(after: snapshot?.payload.header.version ?? 0, of: .snapshot)
        let listed = targets.mapValues { Self.statement(on: $0.bytes, version: $0.payload.header.version) }
        var new = SignedMetadata(
            SnapshotMetadata(header: MetadataHeader(version: version, expires: expires), listed: listed))
        for signer in signers { try new.sign(with: signer) }
        snapshot = new
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

    /// A file of the repository.
    package struct File: Sendable {
        /// Its name below the metadata's base, percent-encoded.
        package var name: String
        /// Its contents.
        package var bytes: [UInt8]
        /// Whether the name has a version in it, so that the contents may never change.
        package var isFixed: Bool
    }

    /// The files in the order in which they must appear: whoever reads meanwhile finds all that a file refers to.
    ///
    /// - Throws: `RepositoryError.notComplete` if hosts would refuse a top-level role.
    package func files() throws(RepositoryError) -> [File] {
        guard let root = roots.last?.payload, let snapshot, let timestamp, let top = targets[.targets] else {
            throw .notComplete(role: .root, valid: 0, threshold: 1)
        }
        try check(top, as: .targets, in: root)
        try check(snapshot, as: .snapshot, in: root)
        try check(timestamp, as: .timestamp, in: root)
        var files = roots.map { root in
            let name = FileNaming.metadata(.root, version: root.payload.header.version)
            return File(name: name, bytes: root.bytes, isFixed: true)
        }
        func add(_ role: RoleName, _ version: Int64, _ bytes: [UInt8]) {
            let isFixed = root.consistentSnapshot
            let name = FileNaming.metadata(role, version: isFixed ? version : nil)
            files.append(File(name: name, bytes: bytes, isFixed: isFixed))
        }
        for (role, metadata) in targets.sorted(by: { $0.key < $1.key }) {
            add(role, metadata.payload.header.version, metadata.bytes)
        }
        add(.snapshot, snapshot.payload.header.version, snapshot.bytes)
        let name = FileNaming.metadata(.timestamp, version: nil)
        files.append(File(name: name, bytes: timestamp.bytes, isFixed: false))
        return files
    }

    private func check<Payload: MetadataPayload>(
        _ signed: SignedMetadata<Payload>, as role: RoleName, in root: RootMetadata
    ) throws(RepositoryError) {
        let authority = root.authority(for: role)
        let valid = authority.count(signed.signatures, over: signed.signedBytes)
        guard valid >= authority.threshold else {
            throw .notComplete(role: role, valid: valid, threshold: authority.threshold)
        }
    }
}
