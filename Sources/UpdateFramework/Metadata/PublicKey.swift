// SPDX-License-Identifier: Apache-2.0

internal import Crypto
internal import CryptoExtras
package import JSON

/// A public key as metadata states it.
///
/// A key of a kind that this program does not know, or that is damaged, is kept: it may stand beside keys that are good.
/// It verifies nothing.
package struct PublicKey: Sendable {
    /// The kinds of key that the specification describes.
    package enum Scheme: String, CaseIterable, Hashable, Sendable {
        /// Edwards curve 25519.
        case ed25519
        /// NIST P-256 with SHA-256.
        case ecdsa = "ecdsa-sha2-nistp256"
        /// RSA-PSS with SHA-256, of at least 2048 bits.
        case rsa = "rsassa-pss-sha256"
    }

    /// The key as an object, with fields that this program does not know.
    package let object: JSONObject
    /// The SHA-256 of the canonical object, which is what the key must be called.
    package let id: KeyID
    /// What verifies; nil for a key that is unknown or damaged.
    let material: Material?

    init(_ fields: Fields) throws(MetadataError) {
        let kind = try fields.string("keytype")
        let scheme = try fields.string("scheme")
        let text = try fields.fields("keyval").string("public")
        object = fields.object
        id = KeyID(Hexadecimal.text(of: SHA256.hash(data: JSONValue.object(object).canonicalBytes)))
        material = Material(kind: kind, scheme: scheme, text: text)
    }

    /// A key as metadata would state it.
    init(kind: String, scheme: Scheme, text: String) throws(MetadataError) {
        let object: JSONObject = [
            "keytype": .string(kind), "scheme": .string(scheme.rawValue),
            "keyval": .object(["public": .string(text)]),
        ]
        try self.init(try Fields(.object(object), path: "key"))
    }
}

extension PublicKey: Hashable {
    /// Whether the canonical objects are the same.
    package static func == (one: Self, other: Self) -> Bool { one.id == other.id }
    /// The identifier.
    package func hash(into hasher: inout Hasher) { hasher.combine(id) }
}

extension PublicKey {
    /// The key itself.
    enum Material: Sendable {
        case ed25519(Curve25519.Signing.PublicKey)
        case ecdsa(P256.Signing.PublicKey)
        case rsa(_RSA.Signing.PublicKey)

        init?(kind: String, scheme: String, text: String) {
            switch (kind, Scheme(rawValue: scheme)) {
            case ("ed25519", .ed25519):
                guard let bytes = Hexadecimal.bytes(of: text),
                    let key = try? Curve25519.Signing.PublicKey(rawRepresentation: bytes)
                else { return nil }
                self = .ed25519(key)
            // Before version 1.0.21 of the specification, the kind had the name of the scheme.
            case ("ecdsa", .ecdsa), ("ecdsa-sha2-nistp256", .ecdsa):
                guard let key = try? P256.Signing.PublicKey(pemRepresentation: text) else { return nil }
                self = .ecdsa(key)
            case ("rsa", .rsa):
                guard let key = try? _RSA.Signing.PublicKey(pemRepresentation: text) else { return nil }
                self = .rsa(key)
            default: return nil
            }
        }

        /// The same bytes for the same key, however its text is laid out.
        var identity: [UInt8] {
            switch self {
            case .ed25519(let key): Array(key.rawRepresentation)
            case .ecdsa(let key): Array(key.x963Representation)
            case .rsa(let key): Array(key.derRepresentation)
            }
        }
    }

    /// Whether a signature over a message is this key's.
    package func verifies(_ signature: [UInt8], of message: [UInt8]) -> Bool {
        switch material {
        case .ed25519(let key): return key.isValidSignature(signature, for: message)
        case .ecdsa(let key):
            guard let signature = try? P256.Signing.ECDSASignature(derRepresentation: signature) else { return false }
            return key.isValidSignature(signature, for: message)
        case .rsa(let key):
            return key.isValidSignature(
                _RSA.Signing.RSASignature(rawRepresentation: signature), for: SHA256.hash(data: message), padding: .PSS)
        case nil: return false
        }
    }
}
