// SPDX-License-Identifier: Apache-2.0

package import LivePatch
package import UpdateFramework

/// A repository, with the keys that its server has: those of snapshot, timestamp and revocations.
package struct OnlineRepository: Sendable {
    /// The files.
    package let tree: RepositoryTree
    /// The keys.
    package let signers: [any Signer]
    /// How long metadata is good.
    package let lifetimes: Lifetimes

    /// A repository and keys.
    package init(_ tree: RepositoryTree, signers: [any Signer], lifetimes: Lifetimes = Lifetimes()) {
        self.tree = tree
        self.signers = signers
        self.lifetimes = lifetimes
    }

    /// Publishes a change that enough have signed.
    ///
    /// Nothing is written before all of it has been checked. The contents of targets come first, the metadata that hosts
    /// begin with last; ended anywhere, it can be run again.
    ///
    /// - Throws: `CatalogueError`.
    package func publish(_ bundle: CeremonyBundle, at now: UpdateTime) throws(CatalogueError) -> Publication {
        let next = try translating { () throws(RepositoryError) in
            try bundle.applied(to: try tree.read(), roots: try tree.readRoots(), at: now)
        }
        return try renew(next, at: now, contents: bundle.contents)
    }

    /// Signs anew what online keys sign, so that hosts see that the repository lives.
    ///
    /// - Throws: `CatalogueError`.
    package func resign(at now: UpdateTime) throws(CatalogueError) -> Publication {
        try renew(try published(), at: now)
    }

    /// Takes a patch back, or lifts that.
    ///
    /// - Parameters:
    ///   - patch: the patch.
    ///   - reason: why; nil to lift the revocation.
    ///   - now: the moment.
    /// - Returns: What is published then.
    /// - Throws: `CatalogueError.nothingToChange`, or others.
    package func revoke(
        _ patch: ArtefactID, because reason: LocalizedText?, at now: UpdateTime
    ) throws(CatalogueError) -> Publication {
        let publication = try published()
        var entries = try revocations(in: publication)?.revoked ?? []
        let isRevoked = entries.contains { $0.patch == patch.description }
        guard isRevoked == (reason == nil) else { throw .nothingToChange(patch) }
        entries.removeAll { $0.patch == patch.description }
        if let reason { entries.append(.init(patch: patch, reason: reason, since: now)) }
        return try renew(publication, at: now, revoked: entries)
    }

    /// The list of revocations that is published; nil before the first.
    ///
    /// - Throws: `CatalogueError`.
    package func revocations(in publication: Publication) throws(CatalogueError) -> RevocationList? {
        guard let file = publication.targets[RevocationList.role]?.payload.targets[RevocationList.path] else {
            return nil
        }
        let isConsistent = publication.roots.last?.payload.consistentSnapshot ?? true
        return try RevocationList(
            parsing: try translating { () throws(RepositoryError) in
                try tree.contents(of: RevocationList.path, file, consistentSnapshot: isConsistent)
            })
    }

    private func published() throws(CatalogueError) -> Publication {
        try translating { () throws(RepositoryError) in
            guard let publication = try tree.read() else { throw .missing(file: tree.metadata + "/timestamp.json") }
            return publication
        }
    }
}

extension OnlineRepository {
    /// Makes revocations, snapshot and timestamp as they must be now, and writes everything.
    private func renew(
        _ publication: Publication, at now: UpdateTime, contents: [TargetPath: [UInt8]] = [:],
        revoked: [RevocationList.Entry]? = nil
    ) throws(CatalogueError) -> Publication {
        var next = publication
        guard let root = next.roots.last?.payload else { throw .repository(.notTheFirst) }
        var contents = contents
        let isNewList = try renewRevocations(of: &next, revoked, at: now)
        if let list = isNewList { contents[RevocationList.path] = list }
        try translating { () throws(RepositoryError) in
            let half = now.adding(seconds: lifetimes.seconds(of: .snapshot) / 2)
            let authority = root.authority(for: .snapshot)
            if next.needsSnapshot(by: authority) || next.snapshot.map({ $0.payload.header.expires < half }) ?? true {
                let used = try tree.usedVersion(of: .snapshot, from: next.snapshot?.payload.header.version ?? 0)
                try next.renewSnapshot(
                    expires: lifetimes.expiry(of: .snapshot, from: now),
                    signers: try signers(for: .snapshot, [authority]),
                    after: used)
            }
            try next.renewTimestamp(
                expires: lifetimes.expiry(of: .timestamp, from: now),
                signers: try signers(for: .timestamp, [root.authority(for: .timestamp)]))
            _ = try next.files()
            for (path, bytes) in contents {
                _ = try tree.write(bytes, as: path, consistentSnapshot: root.consistentSnapshot)
            }
            try tree.write(next)
        }
        return next
    }

    /// Makes a new list of revocations if one is due; its bytes, or nil if none is.
    private func renewRevocations(
        of publication: inout Publication, _ revoked: [RevocationList.Entry]?, at now: UpdateTime
    ) throws(CatalogueError) -> [UInt8]? {
        let role = RevocationList.role
        let authorities = publication.targets.values.compactMap(\.payload.delegations).flatMap {
            $0.authorities(for: role)
        }
        guard !authorities.isEmpty else {
            guard revoked == nil else { throw .noRevocations }
            return nil
        }
        let old = publication.targets[role]
        let half = now.adding(seconds: RevocationList.lifetime / 2)
        let isGood = old.map { old in
            old.payload.header.expires >= half && authorities.allSatisfy { $0.isSatisfied(by: old) }
        }
        guard revoked != nil || isGood != true else { return nil }
        let list = try revocations(in: publication)
        let expires = now.adding(seconds: RevocationList.lifetime)
        let new = RevocationList(
            number: try translating { () throws(RepositoryError) in try nextVersion(after: list?.number ?? 0, of: role)
            },
            expires: expires, revoked: revoked ?? list?.revoked ?? [])
        let bytes = new.encoded
        try translating { () throws(RepositoryError) in
            let used = try tree.usedVersion(of: role, from: old?.payload.header.version ?? 0)
            var metadata = SignedMetadata(
                TargetsMetadata(
                    header: MetadataHeader(version: try nextVersion(after: used, of: role), expires: expires),
                    targets: [RevocationList.path: TargetFile(of: bytes)]))
            for signer in try signers(for: role, authorities) { try metadata.sign(with: signer) }
            publication.targets[role] = metadata
        }
        return bytes
    }

    /// The signers whose signatures count for a role.
    private func signers(for role: RoleName, _ authorities: [RoleKeys]) throws(RepositoryError) -> [any Signer] {
        let able = signers.filter { signer in authorities.contains { $0.keys[signer.publicKey.id] != nil } }
        let threshold = authorities.map(\.threshold).max() ?? 1
        guard able.count >= threshold else { throw .notComplete(role: role, valid: able.count, threshold: threshold) }
        return able
    }
}

/// What the repository refuses, as an error of the catalogue.
private func translating<Value>(_ body: () throws(RepositoryError) -> Value) throws(CatalogueError) -> Value {
    do throws(RepositoryError) { return try body() } catch { throw .repository(error) }
}
