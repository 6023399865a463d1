// SPDX-License-Identifier: Apache-2.0

package import JSON

/// Which keys hold for the four top-level roles.
package struct RootMetadata: MetadataPayload {
    package static let type = "root"
    package var header: MetadataHeader
    /// Whether names of files contain their version or hash, so that a repository can change while it is read.
    package var consistentSnapshot: Bool
    /// All keys by their identifiers.
    package var keys: [KeyID: PublicKey]
    /// Whose signatures each role needs.
    package var roles: [RoleName: RoleSigners]

    /// Root metadata to be signed.
    package init(
        header: MetadataHeader, consistentSnapshot: Bool, keys: [KeyID: PublicKey], roles: [RoleName: RoleSigners]
    ) {
        self.header = header
        self.consistentSnapshot = consistentSnapshot
        self.keys = keys
        self.roles = roles
    }

    package init(reading object: JSONObject) throws(MetadataError) {
        let fields = try Fields(.object(object), path: "signed")
        header = try MetadataHeader(fields, type: Self.type, known: ["consistent_snapshot", "keys", "roles"])
        consistentSnapshot = fields.has("consistent_snapshot") ? try fields.boolean("consistent_snapshot") : false
        keys = try publicKeys(try fields.fields("keys"))
        roles = [:]
        let roleFields = try fields.fields("roles")
        // Another role, such as "mirrors", is none of this client's concern.
        for role in RoleName.topLevel { roles[role] = try RoleSigners(try roleFields.fields(role.text)) }
    }

    package var members: JSONObject {
        var roles = JSONObject()
        for (role, signers) in self.roles { roles[role.text] = .object(signers.members) }
        return [
            "consistent_snapshot": .boolean(consistentSnapshot), "keys": keyObjects(keys), "roles": .object(roles),
        ]
    }

    /// Who may sign for a top-level role.
    package func authority(for role: RoleName) -> RoleKeys {
        // A role without keys, which parsing does not leave, could be signed by nobody.
        (roles[role] ?? RoleSigners(keyIDs: [], threshold: 1)).keys(from: keys)
    }
}
