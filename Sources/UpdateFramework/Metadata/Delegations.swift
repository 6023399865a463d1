// SPDX-License-Identifier: Apache-2.0

internal import Crypto
internal import JSON

/// The roles to which a targets role hands a part of its right, in the order in which they are asked.
package struct Delegations: Sendable {
    /// The keys of these roles.
    package var keys: [KeyID: PublicKey]
    /// The roles.
    package var roles: [DelegatedRole]

    /// Delegations to be signed.
    package init(keys: [KeyID: PublicKey], roles: [DelegatedRole]) {
        self.keys = keys
        self.roles = roles
    }

    init(_ fields: Fields) throws(MetadataError) {
        keys = try publicKeys(try fields.fields("keys"))
        roles = []
        var seen = Set(RoleName.topLevel)
        for value in try fields.array("roles") {
            let role = try DelegatedRole(try Fields(value, path: fields.path(of: "roles")))
            // A delegated role with the name of a top-level role would take its place on disk.
            guard seen.insert(role.name).inserted else {
                throw .duplicate(field: fields.path(of: "roles"), value: role.name.text)
            }
            roles.append(role)
        }
    }

    var value: JSONValue {
        .object(["keys": keyObjects(keys), "roles": .array(roles.map(\.value))])
    }

    /// Who may sign for a role, as this delegator says.
    package func authority(for role: DelegatedRole) -> RoleKeys { role.signers.keys(from: keys) }
}

/// One delegation.
package struct DelegatedRole: Sendable {
    /// For which targets a role is trusted.
    package enum Scope: Hashable, Sendable {
        /// Those whose path is like one of these patterns.
        case paths([PathPattern])
        /// Those whose path has a SHA-256 that begins with one of these digits.
        case hashPrefixes([String])
    }

    /// The role.
    package var name: RoleName
    /// Whose signatures it needs.
    package var signers: RoleSigners
    /// For what it is trusted.
    package var scope: Scope
    /// Whether what it does not say of a target in its scope, no later role may say either.
    package var isTerminating: Bool

    /// A delegation.
    package init(name: RoleName, signers: RoleSigners, scope: Scope, isTerminating: Bool) {
        self.name = name
        self.signers = signers
        self.scope = scope
        self.isTerminating = isTerminating
    }

    init(_ fields: Fields) throws(MetadataError) {
        name = RoleName(try fields.string("name"))
        guard !name.text.isEmpty else { throw .badValue(field: fields.path(of: "name"), value: "") }
        signers = try RoleSigners(fields)
        // The specification's own example leaves it out.
        isTerminating = fields.has("terminating") ? try fields.boolean("terminating") : false
        switch (fields.has("paths"), fields.has("path_hash_prefixes")) {
        case (true, false): scope = .paths(try fields.strings("paths").map(PathPattern.init))
        case (false, true): scope = .hashPrefixes(try fields.strings("path_hash_prefixes"))
        default: throw .badPatterns(role: name.text)
        }
    }

    var value: JSONValue {
        var object = signers.members
        object["name"] = .string(name.text)
        object["terminating"] = .boolean(isTerminating)
        switch scope {
        case .paths(let patterns): object["paths"] = .array(patterns.map { .string($0.text) })
        case .hashPrefixes(let prefixes): object["path_hash_prefixes"] = .array(prefixes.map { .string($0) })
        }
        return .object(object)
    }

    /// Whether the role is trusted for a target.
    package func isTrusted(for path: TargetPath) -> Bool {
        switch scope {
        case .paths(let patterns): return patterns.contains { $0.matches(path) }
        case .hashPrefixes(let prefixes):
            let hash = Hexadecimal.text(of: SHA256.hash(data: Array(path.text.utf8)))
            return prefixes.contains { hash.utf8.starts(with: $0.utf8) }
        }
    }
}
