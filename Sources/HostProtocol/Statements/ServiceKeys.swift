// SPDX-License-Identifier: Apache-2.0

internal import JSON
package import UpdateFramework

/// The keys with which the service signs what it tells a host: leases and instructions.
///
/// They are a target of the repository, which offline keys sign: a host believes them as it believes a patch, and a thief
/// of the server's keys is locked out by the next ``path``.
package struct ServiceKeys: Sendable {
    /// The keys.
    package let keys: [PublicKey]

    /// Where the keys are in the repository.
    package static let path: TargetPath = "service.json"
    private static let schemaVersion: Int64 = 1

    /// Keys.
    package init(_ keys: [PublicKey]) { self.keys = keys }

    /// Reads the file.
    ///
    /// - Throws: `ProtocolError`.
    package init(parsing bytes: [UInt8]) throws(ProtocolError) {
        let fields = try ProtocolFields(message: bytes, schemaVersion: Self.schemaVersion)
        keys = try fields.list("keys") { (fields) throws(ProtocolError) in
            guard let key = try? PublicKeyFile(parsing: JSONValue.object(fields.object).text).publicKey else {
                throw .badKey
            }
            return key
        }
        guard !keys.isEmpty else { throw .badValue(field: "keys", value: "[]") }
    }

    /// The file of public keys, with their holders.
    package static func encoded(_ files: [PublicKeyFile]) -> [UInt8] {
        JSONValue.object([
            "schemaVersion": .integer(schemaVersion),
            "keys": .array(files.compactMap { try? JSONValue(parsing: $0.bytes) }),
        ]).text
    }

    /// Whether one of the keys has signed a message.
    func haveSigned(_ message: [UInt8], _ signatures: [Signature]) -> Bool {
        var known: [KeyID: PublicKey] = [:]
        for key in keys { known[key.id] = key }
        return RoleKeys(keys: known, threshold: 1).count(signatures, over: message) >= 1
    }
}
