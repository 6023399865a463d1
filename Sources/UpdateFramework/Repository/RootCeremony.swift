// SPDX-License-Identifier: Apache-2.0

/// A new root on its way from one key holder to the next, until enough have signed.
///
/// The holders' machines need no network: the file of an unfinished root, and the root before it, travel on a medium. Each
/// holder looks at ``changes`` before they sign.
package struct RootCeremony: Sendable {
    /// The root that hosts trust now; nil for the first one.
    package let previous: SignedMetadata<RootMetadata>?
    /// The root that is to be signed.
    package private(set) var next: SignedMetadata<RootMetadata>

    /// Keys and threshold of a role that is to be in a root.
    package struct Holders: Sendable {
        /// The keys.
        package var keys: [PublicKey]
        /// How many must sign.
        package var threshold: Int

        /// The holders of a role.
        package init(_ keys: [PublicKey], threshold: Int) {
            self.keys = keys
            self.threshold = threshold
        }
    }

    /// Begins the first root of a repository.
    ///
    /// - Throws: `RepositoryError.tooFewKeys`.
    package init(
        creating holders: [RoleName: Holders], consistentSnapshot: Bool = true, expires: UpdateTime
    ) throws(RepositoryError) {
        var root = RootMetadata(
            header: MetadataHeader(version: 1, expires: expires), consistentSnapshot: consistentSnapshot, keys: [:],
            roles: [:])
        for role in RoleName.topLevel {
            try Self.set(holders[role] ?? Holders([], threshold: 1), as: role, in: &root)
        }
        previous = nil
        next = SignedMetadata(root)
    }

    /// Begins the root that follows another, with the same keys at first.
    ///
    /// - Throws: `RepositoryError.noNextVersion`.
    package init(following root: SignedMetadata<RootMetadata>, expires: UpdateTime) throws(RepositoryError) {
        var payload = root.payload
        payload.header.version = try nextVersion(after: payload.header.version, of: .root)
        payload.header.expires = expires
        previous = root
        next = SignedMetadata(payload)
    }

    /// Takes up an unfinished root where another holder left it.
    ///
    /// - Throws: `RepositoryError.doesNotFollow` if its version does not.
    package init(
        resuming next: SignedMetadata<RootMetadata>, after previous: SignedMetadata<RootMetadata>?
    ) throws(RepositoryError) {
        let expected = try nextVersion(after: previous?.payload.header.version ?? 0, of: .root)
        guard next.payload.header.version == expected else {
            throw .doesNotFollow(
                role: .root, published: previous?.payload.header.version ?? 0, found: next.payload.header.version)
        }
        self.previous = previous
        self.next = next
    }

    /// Gives a role other keys or another threshold.
    ///
    /// Signatures that were there are void.
    ///
    /// - Throws: `RepositoryError.tooFewKeys`.
    package mutating func appoint(_ holders: Holders, as role: RoleName) throws(RepositoryError) {
        var root = next.payload
        try Self.set(holders, as: role, in: &root)
        next = SignedMetadata(root)
    }

    /// Gives a role a new key in place of one that was lost or stolen.
    ///
    /// Signatures that were there are void.
    ///
    /// - Throws: `RepositoryError.noSuchKey` or `.keyInUse`.
    package mutating func rotate(
        _ old: KeyID, to new: PublicKey, of role: RoleName
    ) throws(RepositoryError) {
        let signers = next.payload.roles[role] ?? RoleSigners(keyIDs: [], threshold: 1)
        guard signers.keyIDs.contains(old) else { throw .noSuchKey(key: old, role: role) }
        guard !signers.keyIDs.contains(new.id) else { throw .keyInUse(key: new.id, role: role) }
        let keys = signers.keyIDs.compactMap { $0 == old ? new : next.payload.keys[$0] }
        try appoint(Holders(keys, threshold: signers.threshold), as: role)
    }

    /// Says who holds which key, for people.
    ///
    /// Signatures that were there are void.
    package mutating func name(_ holders: [KeyID: String]) {
        var root = next.payload
        guard root.holders != holders else { return }
        root.holders = holders
        next = SignedMetadata(root)
    }

    /// Adds a holder's signature.
    ///
    /// - Throws: `RepositoryError.notASigner` if neither root counts it.
    package mutating func sign(with signer: any Signer) throws(RepositoryError) {
        let id = signer.publicKey.id
        guard authorities.contains(where: { $0.keys[id] != nil }) else { throw .notASigner(key: id) }
        try next.sign(with: signer)
    }

    /// Signatures that are still missing, by the keys of the previous root and of this one.
    package var missing: (ofPrevious: Int, ofNext: Int) {
        let counts = authorities.map { max(0, $0.threshold - $0.count(next.signatures, over: next.signedBytes)) }
        return (counts.count > 1 ? counts[1] : 0, counts[0])
    }

    /// The finished root.
    ///
    /// - Throws: `RepositoryError.notComplete`.
    package func finished() throws(RepositoryError) -> SignedMetadata<RootMetadata> {
        for authority in authorities {
            let valid = authority.count(next.signatures, over: next.signedBytes)
            guard valid >= authority.threshold else {
                throw .notComplete(role: .root, valid: valid, threshold: authority.threshold)
            }
        }
        return next
    }

    private var authorities: [RoleKeys] {
        [next.payload.authority(for: .root)] + (previous.map { [$0.payload.authority(for: .root)] } ?? [])
    }

    private static func set(
        _ holders: Holders, as role: RoleName, in root: inout RootMetadata
    ) throws(RepositoryError) {
        let distinct = Set(holders.keys.compactMap(\.material?.identity))
        guard holders.threshold >= 1, distinct.count == holders.keys.count, distinct.count >= holders.threshold else {
            throw .tooFewKeys(role: role, keys: distinct.count, threshold: holders.threshold)
        }
        root.roles[role] = RoleSigners(keyIDs: holders.keys.map(\.id), threshold: holders.threshold)
        for key in holders.keys { root.keys[key.id] = key }
        let used = Set(root.roles.values.flatMap(\.keyIDs))
        root.keys = root.keys.filter { used.contains($0.key) }
    }
}

extension RootCeremony {
    /// What the new root changes for a role.
    package struct Change: Hashable, Sendable {
        /// The role.
        package var role: RoleName
        /// Keys that it gets.
        package var added: [KeyID]
        /// Keys that it loses.
        package var removed: [KeyID]
        /// The threshold.
        package var threshold: Int
    }

    /// What a holder should look at before they sign: the roles whose keys or threshold change.
    package var changes: [Change] {
        RoleName.topLevel.compactMap { role in
            let old = previous?.payload.roles[role]
            guard let new = next.payload.roles[role], new != old else { return nil }
            let (before, after) = (Set(old?.keyIDs ?? []), Set(new.keyIDs))
            return Change(
                role: role, added: after.subtracting(before).sorted(), removed: before.subtracting(after).sorted(),
                threshold: new.threshold)
        }
    }
}

/// The version after another.
///
/// - Throws: `RepositoryError.noNextVersion`.
package func nextVersion(after version: Int64, of role: RoleName) throws(RepositoryError) -> Int64 {
    let (next, overflow) = version.addingReportingOverflow(1)
    guard !overflow else { throw .noNextVersion(role: role) }
    return next
}
