// SPDX-License-Identifier: Apache-2.0

extension CeremonyBundle {
    /// Checks that the change follows what is published, by the rules that hosts have.
    ///
    /// What a bundle says of the past proves nothing: whoever made it could have made up a repository. So a holder brings
    /// the root that they trust, from a medium of their own.
    ///
    /// - Parameters:
    ///   - trustedRoot: a root that the holder trusts, of any version; nil only where there is none yet.
    ///   - now: the moment.
    /// - Throws: `RepositoryError` with what does not follow.
    package func check(trustedRoot: SignedMetadata<RootMetadata>?, at now: UpdateTime) throws(RepositoryError) {
        guard !isEmpty else { throw .nothingProposed }
        try checkRoots(from: trustedRoot)
        if let ceremony = try rootCeremony() {
            try Self.check(ceremony.next.payload.header, of: .root, at: now)
            try ceremony.checkHolders()
        }
        let authorities = authorities
        for (role, metadata) in targets {
            guard authorities[role]?.isEmpty == false else { throw .notDelegated(role: role) }
            try check(metadata.payload, of: role, at: now)
        }
        // Revocations are signed by the server, when the change is published.
        for (role, metadata) in published where targets[role] == nil && role != .revocations {
            guard (authorities[role] ?? []).allSatisfy({ $0.isSatisfied(by: metadata) }) else {
                throw .mustBeIssuedAgain(role: role)
            }
        }
    }

    /// The chain of roots must be unbroken, and the trusted one must be in it.
    private func checkRoots(from trustedRoot: SignedMetadata<RootMetadata>?) throws(RepositoryError) {
        var previous: SignedMetadata<RootMetadata>?
        for root in roots {
            _ = try RootCeremony(resuming: root, after: previous).finished()
            previous = root
        }
        switch (trustedRoot, roots.isEmpty) {
        case (nil, true): break
        case (nil, false), (.some, true): throw .notTheFirst
        case (let trusted?, false):
            guard roots.contains(where: { $0.signedBytes == trusted.signedBytes }) else { throw .otherRepository }
        }
        // What is said to be published must have been signed, or comparing with it would be worth nothing.
        guard let last = roots.last?.payload else {
            guard published.isEmpty else { throw .otherRepository }
            return
        }
        let delegators = published.values.compactMap(\.payload.delegations)
        // A role that is left out would look like a new one, and what the change takes from it would not show.
        let roles = [RoleName.targets] + delegators.flatMap { $0.roles.map(\.name) }
        for role in roles where published[role] == nil { throw .missing(file: role.listedName) }
        for (role, metadata) in published {
            let authorities =
                role == .targets ? [last.authority(for: role)] : delegators.flatMap { $0.authorities(for: role) }
            guard authorities.allSatisfy({ $0.isSatisfied(by: metadata) }) else { throw .otherRepository }
        }
    }

    private func check(_ metadata: TargetsMetadata, of role: RoleName, at now: UpdateTime) throws(RepositoryError) {
        let before = published[role]?.payload
        let version = before?.header.version ?? 0
        guard metadata.header.version > version else {
            throw .doesNotFollow(role: role, published: version, found: metadata.header.version)
        }
        try Self.check(metadata.header, of: role, at: now)
        for authority in metadata.delegations.map({ $0.roles.map(\.signers) }) ?? [] {
            guard authority.threshold <= authority.keyIDs.count else {
                throw .tooFewKeys(role: role, keys: authority.keyIDs.count, threshold: authority.threshold)
            }
        }
        for (path, file) in metadata.targets where before?.targets[path]?.hashes != file.hashes {
            guard let bytes = contents[path], bytes.count == file.length, file.hashes.match(bytes) else {
                throw .wrongContents(target: path)
            }
        }
    }

    private static func check(
        _ header: MetadataHeader, of role: RoleName, at now: UpdateTime
    ) throws(RepositoryError) {
        guard header.expires > now else { throw .expired(role: role, at: header.expires, now: now) }
    }
}

extension RootCeremony {
    /// Checks that each role can be signed at all, with as many different keys as it needs.
    fileprivate func checkHolders() throws(RepositoryError) {
        for role in RoleName.topLevel {
            let authority = next.payload.authority(for: role)
            guard authority.identities.count >= authority.threshold else {
                throw .tooFewKeys(role: role, keys: authority.identities.count, threshold: authority.threshold)
            }
        }
    }
}

extension RoleKeys {
    /// Whether enough of the keys have signed.
    package func isSatisfied<Payload: MetadataPayload>(by metadata: SignedMetadata<Payload>) -> Bool {
        count(metadata.signatures, over: metadata.signedBytes) >= threshold
    }
}
