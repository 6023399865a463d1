// SPDX-License-Identifier: Apache-2.0

internal import Crypto
internal import UpdateFramework

/// The public half of a host's key: Ed25519 (RFC 8032).
package struct HostPublicKey: Hashable, Sendable {
    /// The 32 bytes.
    package let bytes: [UInt8]

    /// A key.
    ///
    /// - Throws: `ProtocolError.badKey`.
    package init(bytes: [UInt8]) throws(ProtocolError) {
        guard bytes.count == 32, (try? Curve25519.Signing.PublicKey(rawRepresentation: bytes)) != nil else {
            throw .badKey
        }
        self.bytes = bytes
    }

    /// A key from its 64 hexadecimal digits.
    ///
    /// - Throws: `ProtocolError.badKey`.
    package init(hexadecimal text: String) throws(ProtocolError) {
        guard let bytes = Hexadecimal.bytes(of: text) else { throw .badKey }
        try self.init(bytes: bytes)
    }

    /// The key as digits.
    package var text: String { Hexadecimal.text(of: bytes) }

    /// Whether a signature over a message is this key's.
    package func verifies(_ signature: [UInt8], of message: [UInt8]) -> Bool {
        guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: bytes) else { return false }
        return key.isValidSignature(signature, for: message)
    }
}

/// A host's key, made on the host, which it never leaves.
package struct HostKey: Sendable {
    private let key: Curve25519.Signing.PrivateKey
    /// The public half.
    package let publicKey: HostPublicKey

    /// Makes a key with the system's random numbers.
    package init() {
        self.init(Curve25519.Signing.PrivateKey())
    }

    /// A key from the 64 hexadecimal digits of ``secret``.
    ///
    /// - Throws: `ProtocolError.badKey`.
    package init(secret text: String) throws(ProtocolError) {
        guard let bytes = Hexadecimal.bytes(of: text),
            let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: bytes)
        else { throw .badKey }
        self.init(key)
    }

    private init(_ key: Curve25519.Signing.PrivateKey) {
        self.key = key
        // Cannot fail: the library has made the public half, a point of the curve in 32 bytes.
        guard let publicKey = try? HostPublicKey(bytes: Array(key.publicKey.rawRepresentation)) else {
            fatalError("the public half of a key is a key")
        }
        self.publicKey = publicKey
    }

    /// The key as digits, for its file, which only root may read.
    package var secret: String { Hexadecimal.text(of: key.rawRepresentation) }

    /// What the host is called.
    package var host: HostID { HostID(of: publicKey) }

    /// Signs a message; nil if the system has no random numbers.
    package func sign(_ message: [UInt8]) -> [UInt8]? { (try? key.signature(for: message)).map { Array($0) } }
}
