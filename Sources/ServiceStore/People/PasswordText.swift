// SPDX-License-Identifier: Apache-2.0

internal import Crypto
internal import CryptoExtras
internal import UpdateFramework

/// What is stored of a password: `scrypt$LOG2N$R$SALT$HASH` (RFC 7914), salt and hash as hexadecimal digits.
package enum PasswordText {
    private static let logarithm = 15
    private static let blocks = 8

    /// The text for a new password; it takes a tenth of a second and 32 MiB.
    ///
    /// - Throws: What scrypt throws.
    package static func make(for password: String) throws -> String {
        var generator = SystemRandomNumberGenerator()
        let salt = (0..<16).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        let key = try KDF.Scrypt.deriveKey(
            from: Array(password.utf8), salt: salt, outputByteCount: 32, rounds: 1 << logarithm, blockSize: blocks,
            parallelism: 1, maxMemory: 1 << 30)
        // Safety: the bytes of the key are copied within the call.
        let bytes = unsafe key.withUnsafeBytes { unsafe Array($0) }
        return "scrypt$\(logarithm)$\(blocks)$\(Hexadecimal.text(of: salt))$\(Hexadecimal.text(of: bytes))"
    }
}
