// SPDX-License-Identifier: Apache-2.0

extension UpdateClient {
    /// Brings the metadata of the top-level roles up to date (specification, 5.2 to 5.6.6).
    ///
    /// What was trusted is on disk before the next role is asked for, so that an update that ends early is not lost.
    ///
    /// - Throws: `UpdateError`; all that is on disk then is still trusted.
    package mutating func refresh() async throws(UpdateError) {
        trusted = nil
        checked = [:]
        guard let root = try directory.metadata(of: .root, limit: limits.root) else {
            throw .noTrustedRoot(directory: directory.path)
        }
        var set = try TrustedMetadataSet(trustedRoot: root, at: time)
        try await updateRoot(of: &set)
        try await updateTimestamp(of: &set)
        try await updateSnapshot(of: &set)
        trusted = set
        do throws(UpdateError) {
            _ = try await targets(of: .targets, by: set.targetsAuthority)
        } catch {
            trusted = nil
            throw error
        }
    }

    private func updateRoot(of set: inout TrustedMetadataSet) async throws(UpdateError) {
        for _ in 0..<limits.rootRotations {
            guard let next = set.nextRootVersion, let bytes = try await root(version: next) else { break }
            // Forgotten before the root is stored: whatever happens in between, the next update does not miss it.
            if try set.updateRoot(bytes) {
                try directory.forget(.snapshot)
                try directory.forget(.timestamp)
            }
            try directory.store(bytes, as: .root)
        }
        try set.finishRoot()
    }

    /// A root by its version; nil if the repository has none.
    private func root(version: Int64) async throws(UpdateError) -> [UInt8]? {
        do throws(UpdateError) {
            return try await repository.bytes(of: FileNaming.metadata(.root, version: version), limit: limits.root)
        } catch {
            switch error {
            // Stores of objects answer with 403 to those who may not list what there is.
            case .notFetched(_, .notFound), .notFetched(_, .refused(status: 403)): return nil
            default: throw error
            }
        }
    }

    private func updateTimestamp(of set: inout TrustedMetadataSet) async throws(UpdateError) {
        if let old = try directory.metadata(of: .timestamp, limit: limits.timestamp) {
            // What does not verify any more, by the keys of today, is as good as not there.
            try? set.restoreTimestamp(old)
        }
        let name = FileNaming.metadata(.timestamp, version: nil)
        let bytes = try await repository.bytes(of: name, limit: limits.timestamp)
        if try set.updateTimestamp(bytes) { try directory.store(bytes, as: .timestamp) }
    }

    private func updateSnapshot(of set: inout TrustedMetadataSet) async throws(UpdateError) {
        if let old = try directory.metadata(of: .snapshot, limit: limits.snapshot),
            (try? set.restoreSnapshot(old)) == true
        {
            return
        }
        guard let listed = set.timestamp?.snapshot else { throw .outOfOrder(.snapshot) }
        let bytes = try await metadata(of: .snapshot, listed, limit: limits.snapshot, in: set)
        try set.updateSnapshot(bytes)
        try directory.store(bytes, as: .snapshot)
    }

    /// Fetches metadata that the role above lists.
    func metadata(
        of role: RoleName, _ listed: ListedMetadata, limit: Int, in set: TrustedMetadataSet
    ) async throws(UpdateError) -> [UInt8] {
        // The bound holds for what a stolen online key may list, too.
        let limit = min(limit, listed.length ?? limit)
        let name = FileNaming.metadata(role, version: set.root.consistentSnapshot ? listed.version : nil)
        return try await repository.bytes(of: name, limit: limit)
    }
}
