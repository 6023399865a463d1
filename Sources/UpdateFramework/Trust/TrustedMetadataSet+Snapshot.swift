// SPDX-License-Identifier: Apache-2.0

extension TrustedMetadataSet {
    /// Takes the snapshot of an earlier update, so that the next one cannot list anything older.
    ///
    /// - Returns: Whether it is the one that the timestamp names, so that none need be fetched.
    /// - Throws: `UpdateError.malformed` or `.notSigned`; the update goes on without it.
    package mutating func restoreSnapshot(_ bytes: [UInt8]) throws(UpdateError) -> Bool {
        guard timestampIsFinal, let timestamp, snapshot == nil else { throw .outOfOrder(.snapshot) }
        let old = try verified(bytes, as: SnapshotMetadata.self, of: .snapshot)
        snapshot = old
        snapshotIsFinal =
            timestamp.snapshot.describes(bytes) && old.header.version == timestamp.snapshot.version
            && old.header.expires > time
        return snapshotIsFinal
    }

    /// Trusts the snapshot that the timestamp names (specification, 5.5).
    ///
    /// - Throws: `UpdateError.notAsListed`, `.malformed`, `.notSigned`, `.wrongVersion`, `.noLongerListed`, `.rollback` or
    ///   `.expired`.
    package mutating func updateSnapshot(_ bytes: [UInt8]) throws(UpdateError) {
        guard timestampIsFinal, let timestamp, !snapshotIsFinal else { throw .outOfOrder(.snapshot) }
        guard timestamp.snapshot.describes(bytes) else { throw .notAsListed(.snapshot) }
        let new = try verified(bytes, as: SnapshotMetadata.self, of: .snapshot)
        guard new.header.version == timestamp.snapshot.version else {
            throw .wrongVersion(.snapshot, expected: timestamp.snapshot.version, found: new.header.version)
        }
        for (role, old) in snapshot?.listed ?? [:] {
            guard let listed = new.listed[role] else { throw .noLongerListed(role) }
            guard listed.version >= old.version else {
                throw .rollback(role, trusted: old.version, offered: listed.version)
            }
        }
        try checkExpiry(of: new.header, of: .snapshot)
        snapshot = new
        snapshotIsFinal = true
    }
}
