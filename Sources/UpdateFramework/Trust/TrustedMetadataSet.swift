// SPDX-License-Identifier: Apache-2.0

/// The metadata that is trusted in one update, from the root down.
///
/// A state machine without input, output or clock: each step takes bytes, and either trusts them wholly or throws and
/// stays as it was. The steps come in the order of the specification, section 5: the root as often as there is a next
/// one, ``finishRoot()``, timestamp, snapshot, and then targets as the search needs them. See ADR 0008.
package struct TrustedMetadataSet: Sendable {
    /// When the update began; all expiry dates are compared with it.
    package let time: UpdateTime
    /// The newest root.
    package private(set) var root: RootMetadata
    /// Whether the root cannot change any more.
    package private(set) var rootIsFinal = false
    /// The timestamp: from the disk at first, then the repository's.
    package internal(set) var timestamp: TimestampMetadata?
    /// Whether the timestamp is the repository's answer to this update.
    var timestampIsFinal = false
    /// The snapshot: from the disk at first, then the one that the timestamp names.
    package internal(set) var snapshot: SnapshotMetadata?
    /// Whether the snapshot is the one that the timestamp names.
    var snapshotIsFinal = false

    /// Begins with a root that is trusted because of where it came from.
    ///
    /// It must be signed by its own keys.
    ///
    /// - Throws: `UpdateError.malformed` or `.notSigned`.
    package init(trustedRoot bytes: [UInt8], at time: UpdateTime) throws(UpdateError) {
        let signed = try read(bytes, as: RootMetadata.self, of: .root)
        try verify(signed, of: .root, by: signed.payload.authority(for: .root))
        root = signed.payload
        self.time = time
    }

    /// The version that the next root must have; nil if there can be none.
    package var nextRootVersion: Int64? {
        let (next, overflow) = root.header.version.addingReportingOverflow(1)
        return overflow ? nil : next
    }

    /// Trusts the next root (specification, 5.3.4 to 5.3.7).
    ///
    /// Whether it has expired does not matter yet.
    ///
    /// - Returns: Whether timestamp and snapshot of earlier updates must be forgotten (5.3.11): a key of one of them was
    ///   taken away, and whoever had it may have signed any version number.
    /// - Throws: `UpdateError.malformed`, `.notSigned` or `.wrongVersion`.
    package mutating func updateRoot(_ bytes: [UInt8]) throws(UpdateError) -> Bool {
        guard !rootIsFinal, let expected = nextRootVersion else { throw .outOfOrder(.root) }
        let signed = try read(bytes, as: RootMetadata.self, of: .root)
        let new = signed.payload
        try verify(signed, of: .root, by: root.authority(for: .root))
        try verify(signed, of: .root, by: new.authority(for: .root))
        guard new.header.version == expected else {
            throw .wrongVersion(.root, expected: expected, found: new.header.version)
        }
        let revoked = [RoleName.timestamp, .snapshot].contains { role in
            !root.authority(for: role).identities.isSubset(of: new.authority(for: role).identities)
        }
        root = new
        return revoked
    }

    /// Ends the updates of the root (specification, 5.3.10).
    ///
    /// - Throws: `UpdateError.expired`.
    package mutating func finishRoot() throws(UpdateError) {
        try checkExpiry(of: root.header, of: .root)
        rootIsFinal = true
    }

    func checkExpiry(of header: MetadataHeader, of role: RoleName) throws(UpdateError) {
        guard header.expires > time else { throw .expired(role, at: header.expires, now: time) }
    }

    /// Reads metadata, and checks the signatures of a top-level role.
    func verified<Payload: MetadataPayload>(
        _ bytes: [UInt8], as type: Payload.Type, of role: RoleName
    ) throws(UpdateError) -> Payload {
        let signed = try read(bytes, as: type, of: role)
        try verify(signed, of: role, by: root.authority(for: role))
        return signed.payload
    }
}

func read<Payload: MetadataPayload>(
    _ bytes: [UInt8], as type: Payload.Type, of role: RoleName
) throws(UpdateError) -> SignedMetadata<Payload> {
    do {
        return try SignedMetadata<Payload>(parsing: bytes)
    } catch {
        throw .malformed(role, error)
    }
}

func verify<Payload: MetadataPayload>(
    _ signed: SignedMetadata<Payload>, of role: RoleName, by authority: RoleKeys
) throws(UpdateError) {
    let valid = authority.count(signed.signatures, over: signed.signedBytes)
    guard valid >= authority.threshold else {
        throw .notSigned(role, valid: valid, threshold: authority.threshold)
    }
}
