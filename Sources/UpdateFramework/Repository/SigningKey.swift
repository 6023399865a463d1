// SPDX-License-Identifier: Apache-2.0

internal import Crypto
internal import CryptoExtras

/// A private key in memory.
package struct SigningKey: Signer {
    private enum Secret: Sendable {
        case ed25519(Curve25519.Signing.PrivateKey)
        case ecdsa(P256.Signing.PrivateKey)
        case rsa(_RSA.Signing.PrivateKey)
    }

    package let publicKey: PublicKey
    private let secret: Secret

    /// Makes a new key with the system's random numbers.
    ///
    /// - Throws: `RepositoryError.badKeyFile` if no RSA key could be made.
    package init(generating scheme: PublicKey.Scheme) throws(RepositoryError) {
        let secret: Secret
        switch scheme {
        case .ed25519: secret = .ed25519(Curve25519.Signing.PrivateKey())
        case .ecdsa: secret = .ecdsa(P256.Signing.PrivateKey())
        case .rsa:
            guard let key = try? _RSA.Signing.PrivateKey(keySize: .bits3072) else {
                throw .badKeyFile(reason: "no RSA key could be made")
            }
            secret = .rsa(key)
        }
        try self.init(secret)
    }

    /// A key from the bytes that ``secretBytes`` gave.
    init(scheme: PublicKey.Scheme, secretBytes bytes: [UInt8]) throws(RepositoryError) {
        let secret: Secret? =
            switch scheme {
            case .ed25519: (try? Curve25519.Signing.PrivateKey(rawRepresentation: bytes)).map(Secret.ed25519)
            case .ecdsa: (try? P256.Signing.PrivateKey(rawRepresentation: bytes)).map(Secret.ecdsa)
            case .rsa: (try? _RSA.Signing.PrivateKey(derRepresentation: bytes)).map(Secret.rsa)
            }
        guard let secret else { throw .badKeyFile(reason: "what it holds is no \(scheme.rawValue) key") }
        try self.init(secret)
    }

    private init(_ secret: Secret) throws(RepositoryError) {
        self.secret = secret
        do throws(MetadataError) {
            publicKey =
                switch secret {
                case .ed25519(let key):
                    try PublicKey(
                        kind: "ed25519", scheme: .ed25519, text: Hexadecimal.text(of: key.publicKey.rawRepresentation))
                case .ecdsa(let key):
                    try PublicKey(kind: "ecdsa", scheme: .ecdsa, text: key.publicKey.pemRepresentation)
                case .rsa(let key): try PublicKey(kind: "rsa", scheme: .rsa, text: key.publicKey.pemRepresentation)
                }
        } catch {
            throw .malformed(error)
        }
    }

    /// The kind of key.
    package var scheme: PublicKey.Scheme {
        switch secret {
        case .ed25519: .ed25519
        case .ecdsa: .ecdsa
        case .rsa: .rsa
        }
    }

    /// The key itself, for its file.
    var secretBytes: [UInt8] {
        switch secret {
        case .ed25519(let key): Array(key.rawRepresentation)
        case .ecdsa(let key): Array(key.rawRepresentation)
        case .rsa(let key): Array(key.derRepresentation)
        }
    }

    package func sign(_ message: [UInt8]) throws(RepositoryError) -> [UInt8] {
        do {
            switch secret {
            case .ed25519(let key): return Array(try key.signature(for: message))
            case .ecdsa(let key): return Array(try key.signature(for: message).derRepresentation)
            case .rsa(let key):
                return Array(try key.signature(for: SHA256.hash(data: message), padding: .PSS).rawRepresentation)
            }
        } catch {
            throw .signing(key: publicKey.id, reason: "\(error)")
        }
    }
}
