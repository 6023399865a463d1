// SPDX-License-Identifier: Apache-2.0

/// Whatever can sign with a key: a key in memory, a token, a service.
package protocol Signer: Sendable {
    /// The key's public half.
    var publicKey: PublicKey { get }
    /// Signs a message.
    ///
    /// - Throws: `RepositoryError.signing`.
    func sign(_ message: [UInt8]) throws(RepositoryError) -> [UInt8]
}

extension SignedMetadata {
    /// Adds a signature, in place of an older one of the same key.
    ///
    /// - Throws: What the signer throws.
    package mutating func sign(with signer: any Signer) throws(RepositoryError) {
        let bytes = try signer.sign(signedBytes)
        // A signer that signs with another key than it says would be noticed only by hosts.
        guard signer.publicKey.verifies(bytes, of: signedBytes) else {
            throw .signing(key: signer.publicKey.id, reason: "its signature does not verify with its public key")
        }
        add(Signature(keyID: signer.publicKey.id, text: Hexadecimal.text(of: bytes)))
    }
}
