// SPDX-License-Identifier: Apache-2.0

internal import NIOPosix
internal import ServiceStore

/// Passwords, made and checked beside the threads that answer requests.
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
        let cost = cost
        return try await pool.runIfActive { try PasswordText.make(for: password, cost) }
    }

    /// Whether a password is the stored one; without a stored one it takes as long, and is wrong.
    func verifies(_ password: String, _ stored: String?) async throws -> Bool {
        let cost = cost
        return try await pool.runIfActive { try PasswordText.verifies(password, stored, cost) }
    }
}
