// SPDX-License-Identifier: Apache-2.0

/// What the first bytes of an RPM file say.
enum RPMFile {
    /// Whether the bytes begin an RPM source package.
    static func isSource(_ bytes: some Collection<UInt8>) -> Bool {
        // RPM, “Package format”, the lead: magic at 0, type at 6 (big endian; 0 binary, 1 source).
        let lead = Array(bytes.prefix(8))
        return lead.count == 8 && lead.starts(with: [0xED, 0xAB, 0xEE, 0xDB]) && lead[6] == 0 && lead[7] == 1
    }
}
