// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// Who may sign for a role: the keys, and how many of them it takes.
package struct RoleKeys: Hashable, Sendable {
    /// The keys by the name that metadata gives them; one that is called otherwise than it must be is not in here.
    package var keys: [KeyID: PublicKey]
    /// How many different keys must have signed.
    package var threshold: Int

    /// Keys, and how many of them it takes.
    package init(keys: [KeyID: PublicKey], threshold: Int) {
        self.keys = keys
        self.threshold = threshold
    }

    /// How many different keys have signed.
    ///
    /// Keys are told apart by what they are and not only by what they are called: one key under two names counts once.
    package func count(_ signatures: [Signature], over message: [UInt8]) -> Int {
        var signers: Set<[UInt8]> = []
        for signature in signatures {
            guard let key = keys[signature.keyID], let material = key.material, let bytes = signature.bytes,
                key.verifies(bytes, of: message)
            else { continue }
            signers.insert(material.identity)
        }
        return signers.count
    }

    /// The keys themselves, without their names.
    var identities: Set<[UInt8]> { Set(keys.values.compactMap(\.material?.identity)) }
}

/// What the delegator's metadata says of a role: the names of its keys, and the threshold.
package struct RoleSigners: Hashable, Sendable {
    /// The names of the keys, each once.
    package var keyIDs: [KeyID]
    /// How many of them it takes.
    package var threshold: Int

    /// Signers.
    package init(keyIDs: [KeyID], threshold: Int) {
        self.keyIDs = keyIDs
        self.threshold = threshold
    }

    init(_ fields: Fields) throws(MetadataError) {
        keyIDs = []
        var seen: Set<KeyID> = []
        for text in try fields.strings("keyids") {
            guard seen.insert(KeyID(text)).inserted else {
                throw .duplicate(field: fields.path(of: "keyids"), value: text)
            }
            keyIDs.append(KeyID(text))
        }
        threshold = Int(try fields.integer("threshold", atLeast: 1))
    }

    /// With the keys that the names stand for.
    func keys(from keys: [KeyID: PublicKey]) -> RoleKeys {
        var found: [KeyID: PublicKey] = [:]
        for id in keyIDs {
            // Specification, 4.3: the identifier must be the right one for the key.
            if let key = keys[id], key.id == id { found[id] = key }
        }
        return RoleKeys(keys: found, threshold: threshold)
    }

    var members: JSONObject {
        ["keyids": .array(keyIDs.map { .string($0.text) }), "threshold": .integer(Int64(threshold))]
    }
}

/// Reads the keys of root or of delegations.
func publicKeys(_ fields: Fields) throws(MetadataError) -> [KeyID: PublicKey] {
    var keys: [KeyID: PublicKey] = [:]
    for member in fields.object.members { keys[KeyID(member.name)] = try PublicKey(try fields.fields(member.name)) }
    return keys
}

/// Keys as root or delegations state them.
func keyObjects(_ keys: [KeyID: PublicKey]) -> JSONValue {
    var object = JSONObject()
    for (id, key) in keys { object[id.text] = .object(key.object) }
    return .object(object)
}
