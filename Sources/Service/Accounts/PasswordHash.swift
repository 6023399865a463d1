// SPDX-License-Identifier: Apache-2.0

internal import Crypto
internal import CryptoExtras
internal import NIOPosix
internal import UpdateFramework

/// Passwords as they are stored: stretched by scrypt (RFC 7914), so that whoever steals the records must pay for each guess.
struct PasswordHash: Sendable {
    /// How much work a guess is.
    let cost: PasswordCost
    // A guess takes 32 MiB for a tenth of a second: a few at a time, and never a thread that answers requests.
    private let pool: NIOThreadPool

    init(cost: PasswordCost, pool: NIOThreadPool) {
        self.cost = cost
        self.pool = pool
    }

    /// What is stored for a new password.
    func text(for password: String) async throws -> String {
        var generator = SystemRandomNumberGenerator()
        let salt = (0..<16).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        let cost = cost
        return try await pool.runIfActive { try Self.text(for: password, salt: salt, cost) }
    }

    /// Whether a password is the stored one.
    ///
    /// Without a stored one it takes as long, and is wrong.
    func verifies(_ password: String, _ stored: String?) async throws -> Bool {
        let cost = cost
        return try await pool.runIfActive {
            let parts = (stored ?? "").split(separator: "$").map(String.init)
            guard parts.count == 5, parts[0] == "scrypt", let logarithm = Int(parts[1]), let blocks = Int(parts[2]),
                let salt = Hexadecimal.bytes(of: parts[3]), (10...20).contains(logarithm), (1...32).contains(blocks)
            else {
                _ = try Self.text(for: password, salt: [], cost)
                return false
            }
            let stretched = try Self.text(
                for: password, salt: salt, PasswordCost(logarithm: logarithm, blocks: blocks))
            return ConstantTime.areEqual(stretched, stored ?? "")
        }
    }

    private static func text(for password: String, salt: [UInt8], _ cost: PasswordCost) throws -> String {
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

/// Comparisons that take as long whatever differs.
enum ConstantTime {
    /// Whether two texts are the same.
    static func areEqual(_ one: String, _ other: String) -> Bool {
        let (one, other) = (Array(one.utf8), Array(other.utf8))
        guard one.count == other.count else { return false }
        return zip(one, other).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
