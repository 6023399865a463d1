// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// What a host sends to ``Endpoint/register``, signed with its new key, which proves that it has it.
package struct Registration: Hashable, Sendable {
    /// What allows a host to register.
    package enum Credential: Hashable, Sendable {
        /// An activation key, which an administrator was given.
        case activationKey(String)
        /// The ticket of a host that was told to take a new key.
        case ticket(String)
    }

    /// The layout.
    private static let schemaVersion: Int64 = 1
    /// What allows it.
    package var credential: Credential
    /// The host's key.
    package var key: HostPublicKey
    /// What the host says of itself.
    package var facts: HostFacts

    /// A registration.
    package init(_ credential: Credential, key: HostPublicKey, facts: HostFacts) {
        self.credential = credential
        self.key = key
        self.facts = facts
    }

    /// Reads a registration.
    ///
    /// - Throws: `ProtocolError`.
    package init(parsing bytes: [UInt8]) throws(ProtocolError) {
        let fields = try ProtocolFields(message: bytes, schemaVersion: Self.schemaVersion)
        credential =
            fields.has("ticket")
            ? .ticket(try fields.string("ticket", limit: 256))
            : .activationKey(try fields.string("activationKey", limit: 256))
        key = try HostPublicKey(hexadecimal: try fields.string("key"))
        facts = try HostFacts(try fields.fields("facts"))
    }

    /// The message.
    package var encoded: [UInt8] {
        var object: JSONObject = [
            "schemaVersion": .integer(Self.schemaVersion), "key": .string(key.text), "facts": facts.value,
        ]
        switch credential {
        case .activationKey(let key): object["activationKey"] = .string(key)
        case .ticket(let ticket): object["ticket"] = .string(ticket)
        }
        return JSONValue.object(object).compactText
    }
}
