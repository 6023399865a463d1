// SPDX-License-Identifier: Apache-2.0

extension CeremonyBundle {
    /// What a role needs before it can be published.
    package struct Requirement: Hashable, Sendable {
        /// The role.
        package var role: RoleName
        /// Whether these are the keys of the root before, which must agree to the next one.
        package var isOfPreviousRoot: Bool
        /// How many different keys must sign.
        package var threshold: Int
        /// The keys that have.
        package var signed: [KeyID]
        /// The keys that may yet.
        package var open: [KeyID]

        /// How many are missing.
        package var missing: Int { max(0, threshold - signed.count) }
    }

    /// What each proposed role needs, the root first.
    package var requirements: [Requirement] {
        var requirements: [Requirement] = []
        if let root {
            if let previous = roots.last?.payload.authority(for: .root) {
                requirements.append(Self.requirement(.root, root, by: previous, isOfPreviousRoot: true))
            }
            requirements.append(Self.requirement(.root, root, by: root.payload.authority(for: .root)))
        }
        let authorities = authorities
        for role in proposedRoles {
            guard let metadata = targets[role] else { continue }
            requirements += (authorities[role] ?? []).map { Self.requirement(role, metadata, by: $0) }
        }
        return requirements
    }

    /// Whether enough have signed everything.
    package var isComplete: Bool { !isEmpty && requirements.allSatisfy { $0.missing == 0 } }

    /// The proposed targets roles, the top-level one first.
    package var proposedRoles: [RoleName] {
        targets.keys.sorted { $0 == .targets || ($1 != .targets && $0 < $1) }
    }

    /// Signs everything for which the key counts.
    ///
    /// Call ``check(trustedRoot:at:)`` before.
    ///
    /// - Returns: The roles that were signed.
    /// - Throws: `RepositoryError.notASigner` if there are none; or what the signer throws, and nothing is signed then.
    package mutating func sign(with signer: any Signer) throws(RepositoryError) -> [RoleName] {
        let id = signer.publicKey.id
        var signed = self
        var roles: [RoleName] = []
        if var ceremony = try rootCeremony(), requirements.contains(where: { $0.role == .root && $0.concerns(id) }) {
            try ceremony.sign(with: signer)
            signed.root = ceremony.next
            roles.append(.root)
        }
        let authorities = authorities
        for role in proposedRoles where authorities[role]?.contains(where: { $0.keys[id] != nil }) ?? false {
            try signed.targets[role]?.sign(with: signer)
            roles.append(role)
        }
        guard !roles.isEmpty else { throw .notASigner(key: id) }
        self = signed
        return roles
    }

    /// Takes over the signatures of a copy that another holder has signed.
    ///
    /// - Returns: How many were new; only those that count are taken.
    /// - Throws: `RepositoryError.otherChange` or `.otherRepository`.
    package mutating func merge(_ other: CeremonyBundle) throws(RepositoryError) -> Int {
        guard roots.map(\.signedBytes) == other.roots.map(\.signedBytes) else { throw .otherRepository }
        guard root?.signedBytes == other.root?.signedBytes else { throw .otherChange(role: .root) }
        for role in Set(targets.keys).union(other.targets.keys)
        where targets[role]?.signedBytes != other.targets[role]?.signedBytes {
            throw .otherChange(role: role)
        }
        var count = 0
        if let theirs = other.root, let root {
            let holders = [root.payload, roots.last?.payload].compactMap { $0?.authority(for: .root) }
            count += self.root?.adopt(theirs.signatures, countedBy: holders) ?? 0
        }
        let authorities = authorities
        for (role, theirs) in other.targets {
            count += targets[role]?.adopt(theirs.signatures, countedBy: authorities[role] ?? []) ?? 0
        }
        return count
    }

    private static func requirement<Payload: MetadataPayload>(
        _ role: RoleName, _ metadata: SignedMetadata<Payload>, by authority: RoleKeys, isOfPreviousRoot: Bool = false
    ) -> Requirement {
        let signed = metadata.signatures.filter { authority.count([$0], over: metadata.signedBytes) == 1 }.map(\.keyID)
        return Requirement(
            role: role, isOfPreviousRoot: isOfPreviousRoot, threshold: authority.threshold, signed: signed.sorted(),
            open: authority.keys.keys.filter { !signed.contains($0) }.sorted())
    }
}

extension CeremonyBundle.Requirement {
    /// Whether a key's signature is one of those that count.
    func concerns(_ key: KeyID) -> Bool { signed.contains(key) || open.contains(key) }
}

extension SignedMetadata {
    /// Takes over signatures that count and are not there; how many they are.
    fileprivate mutating func adopt(_ others: [Signature], countedBy authorities: [RoleKeys]) -> Int {
        var count = 0
        for signature in others where !signatures.contains(where: { $0.keyID == signature.keyID }) {
            guard authorities.contains(where: { $0.count([signature], over: signedBytes) == 1 }) else { continue }
            add(signature)
            count += 1
        }
        return count
    }
}
