// SPDX-License-Identifier: Apache-2.0

extension TrustedMetadataSet {
    /// What the snapshot says of a targets role's metadata.
    ///
    /// - Throws: `UpdateError.notListed`.
    package func listed(_ role: RoleName) throws(UpdateError) -> ListedMetadata {
        guard snapshotIsFinal, let snapshot else { throw .outOfOrder(role) }
        guard let listed = snapshot.listed[role] else { throw .notListed(role) }
        return listed
    }

    /// Who may sign for the top-level targets.
    package var targetsAuthority: RoleKeys { root.authority(for: .targets) }

    /// Checks a targets role's metadata against the snapshot and its delegator (specification, 5.6.2 to 5.6.5).
    ///
    /// The set remembers nothing of it. A role that is reached through two delegators must satisfy each of them, every
    /// time.
    ///
    /// - Parameters:
    ///   - bytes: the metadata.
    ///   - role: whose it should be.
    ///   - authority: who may sign for the role, as its delegator says.
    /// - Returns: the metadata.
    /// - Throws: `UpdateError.notListed`, `.notAsListed`, `.malformed`, `.notSigned`, `.wrongVersion` or `.expired`.
    package func targets(
        _ bytes: [UInt8], of role: RoleName, by authority: RoleKeys
    ) throws(UpdateError) -> TargetsMetadata {
        let listed = try listed(role)
        guard listed.describes(bytes) else { throw .notAsListed(role) }
        let signed = try read(bytes, as: TargetsMetadata.self, of: role)
        try verify(signed, of: role, by: authority)
        let found = signed.payload.header.version
        guard found == listed.version else { throw .wrongVersion(role, expected: listed.version, found: found) }
        try checkExpiry(of: signed.payload.header, of: role)
        return signed.payload
    }
}
