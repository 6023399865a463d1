// SPDX-License-Identifier: Apache-2.0

extension TrustedMetadataSet {
    /// Takes the timestamp of an earlier update, so that the next one cannot be older.
    ///
    /// It may have expired.
    ///
    /// - Throws: `UpdateError.malformed` or `.notSigned`; the update goes on without it.
    package mutating func restoreTimestamp(_ bytes: [UInt8]) throws(UpdateError) {
        guard rootIsFinal, timestamp == nil else { throw .outOfOrder(.timestamp) }
        timestamp = try verified(bytes, as: TimestampMetadata.self, of: .timestamp)
    }

    /// Trusts the repository's timestamp (specification, 5.4).
    ///
    /// - Returns: Whether it is a new one. One with the version that is trusted already is put aside, whatever it says.
    /// - Throws: `UpdateError.malformed`, `.notSigned`, `.rollback` or `.expired`.
    package mutating func updateTimestamp(_ bytes: [UInt8]) throws(UpdateError) -> Bool {
        guard rootIsFinal, !timestampIsFinal else { throw .outOfOrder(.timestamp) }
        let new = try verified(bytes, as: TimestampMetadata.self, of: .timestamp)
        if let old = timestamp {
            guard new.header.version >= old.header.version else {
                throw .rollback(.timestamp, trusted: old.header.version, offered: new.header.version)
            }
            if new.header.version == old.header.version {
                try checkExpiry(of: old.header, of: .timestamp)
                timestampIsFinal = true
                return false
            }
            guard new.snapshot.version >= old.snapshot.version else {
                throw .rollback(.snapshot, trusted: old.snapshot.version, offered: new.snapshot.version)
            }
        }
        try checkExpiry(of: new.header, of: .timestamp)
        timestamp = new
        timestampIsFinal = true
        return true
    }
}
