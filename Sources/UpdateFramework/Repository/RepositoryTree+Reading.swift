// SPDX-License-Identifier: Apache-2.0

internal import LinuxSystem

extension RepositoryTree {
    /// Reads what is published, so that the next version follows it.
    ///
    /// The chain of roots is read from its beginning; of the other roles, what the timestamp leads to. Nothing is verified:
    /// the tree is the publisher's own.
    ///
    /// - Returns: What is published; nil if there is no root yet, or nothing but roots.
    /// - Throws: `RepositoryError.missing`, `.malformed` or `.storage`.
    package func read() throws(RepositoryError) -> Publication? {
        let roots = try readRoots()
        guard let root = roots.last?.payload,
            let timestamp: SignedMetadata<TimestampMetadata> = try read(FileNaming.metadata(.timestamp, version: nil))
        else { return nil }
        func named(_ role: RoleName, _ version: Int64) -> String {
            FileNaming.metadata(role, version: root.consistentSnapshot ? version : nil)
        }
        let snapshot: SignedMetadata<SnapshotMetadata> = try require(
            named(.snapshot, timestamp.payload.snapshot.version))
        var targets: [RoleName: SignedMetadata<TargetsMetadata>] = [:]
        for (role, listed) in snapshot.payload.listed { targets[role] = try require(named(role, listed.version)) }
        return Publication(roots: roots, targets: targets, snapshot: snapshot, timestamp: timestamp)
    }

    /// All roots, from the first one on.
    ///
    /// - Throws: `RepositoryError.malformed` or `.storage`.
    package func readRoots() throws(RepositoryError) -> [SignedMetadata<RootMetadata>] {
        var roots: [SignedMetadata<RootMetadata>] = []
        while let root: SignedMetadata<RootMetadata> = try read(
            FileNaming.metadata(.root, version: Int64(roots.count) + 1))
        {
            roots.append(root)
        }
        return roots
    }

    /// How many roots there are.
    ///
    /// - Throws: `RepositoryError.storage`.
    func rootCount() throws(RepositoryError) -> Int {
        var count = 0
        while try contents(of: FileNaming.metadata(.root, version: Int64(count) + 1)) != nil { count += 1 }
        return count
    }

    /// The highest version of a role that has a file, whether the timestamp leads to it or not.
    ///
    /// A writer that did not come to the end leaves files that mirrors may have copied; their versions are not given again.
    ///
    /// - Throws: `RepositoryError.storage`.
    package func usedVersion(of role: RoleName, from version: Int64) throws(RepositoryError) -> Int64 {
        var version = version
        while true {
            let next = try nextVersion(after: version, of: role)
            guard try contents(of: FileNaming.metadata(role, version: next)) != nil else { return version }
            version = next
        }
    }

    private func require<Payload: MetadataPayload>(_ name: String) throws(RepositoryError) -> SignedMetadata<Payload> {
        guard let metadata: SignedMetadata<Payload> = try read(name) else { throw .missing(file: name) }
        return metadata
    }

    private func read<Payload: MetadataPayload>(_ name: String) throws(RepositoryError) -> SignedMetadata<Payload>? {
        guard let bytes = try contents(of: name) else { return nil }
        do throws(MetadataError) {
            return try SignedMetadata(parsing: bytes)
        } catch {
            throw .malformed(error)
        }
    }

    /// The contents of a metadata file; nil if there is none.
    func contents(of name: String) throws(RepositoryError) -> [UInt8]? {
        guard let relative = FileNaming.relativePath(ofEncoded: name) else { throw .unusableName(name) }
        do throws(SystemError) {
            return try LinuxSystem.contents(ofFile: metadata + "/" + relative, limit: 1 << 26)
        } catch {
            guard error.number == .noSuchFile else { throw .storage(error) }
            return nil
        }
    }
}
