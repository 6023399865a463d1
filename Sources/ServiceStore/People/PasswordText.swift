// SPDX-License-Identifier: Apache-2.0

internal import Crypto
internal import CryptoExtras
internal import UpdateFramework

/// What is stored of a password: `scrypt$LOG2N$R$SALT$HASH` (RFC 7914), salt and hash as hexadecimal digits.
///
/// Whoever steals the records must pay for each guess.
package enum PasswordText {
    /// The text for a new password; it takes a tenth of a second and 32 MiB at the usual cost.
    ///
    /// - Throws: What scrypt throws.
    package static func make(for password: String, _ cost: PasswordCost = PasswordCost()) throws -> String {
        var generator = SystemRandomNumberGenerator()
        let salt = (0..<16).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        return try make(for: password, salt: salt, cost)
    }

    /// Whether a password is the stored one.
    ///
    /// Without a stored one it takes as long as the cost says, and is wrong.
    ///
    /// - Throws: What scrypt throws.
    package static func verifies(_ password: String, _ stored: String?, _ cost: PasswordCost) throws -> Bool {
        let parts = (stored ?? "").split(separator: "$").map(String.init)
        guard parts.count == 5, parts[0] == "scrypt", let logarithm = Int(parts[1]), let blocks = Int(parts[2]),
            let salt = Hexadecimal.bytes(of: parts[3]), (10...20).contains(logarithm), (1...32).contains(blocks)
        else {
            _ = try make(for: password, salt: [], cost)
            return false
        }
        let stretched = try make(for: password, salt: salt, PasswordCost(logarithm: logarithm, blocks: blocks))
        return ConstantTime.areEqual(stretched, stored ?? "")
    }

    private static func make(for password: String, salt: [UInt8], _ cost: PasswordCost) throws -> String {
        let key = try KDF.Scrypt.deriveKey(
            from: Array(password.utf8), salt: salt, outputByteCount: 32, rounds: 1 << cost.logarithm,
            blockSize: cost.blocks, parallelism: 1, maxMemory: 1 << 30)
        // Safety: the bytes of the key are copied within the call.
        let bytes = unsafe key.withUnsafeBytes { unsafe Array($0) }
        return "scrypt$\(cost.logarithm)$\(cost.blocks)$\(Hexadecimal.text(of: salt))$\(Hexadecimal.text(of: bytes))"
    }
}

/// How much work a guess at a password is.
package struct PasswordCost: Hashable, Sendable {
    /// The rounds, as a power of two.
    package var logarithm: Int
    /// The size of a block.
    package var blocks: Int

    /// A cost.
    package init(logarithm: Int = 15, blocks: Int = 8) {
        self.logarithm = logarithm
        self.blocks = blocks
    }
}
