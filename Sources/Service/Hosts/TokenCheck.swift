// SPDX-License-Identifier: Apache-2.0

internal import Director
internal import ServicePolicy
internal import Synchronization

/// Checks bearer tokens without asking the records: a token is sealed with the secret of the service.
///
/// A host that fetches many files shows one token many times, and so tokens that were found good are remembered for a while.
final class TokenCheck: Sendable {
    private let secret: SharedSecret
    private let good = Mutex<[String: AccessToken]>([:])
    private static let limit = 20_000
    private static let longest = 1024

    init(_ secret: SharedSecret) { self.secret = secret }

    /// Whether a token opens the patches of a product.
    func opens(_ product: Substring, _ token: Substring, at now: Moment) -> Bool {
        guard token.utf8.count <= Self.longest else { return false }
        let text = String(token)
        let known = good.withLock { $0[text] }
        guard let token = known ?? AccessToken(text, by: secret, at: now), now < token.expires else { return false }
        if known == nil {
            good.withLock { good in
                if good.count >= Self.limit { good.removeAll() }
                good[text] = token
            }
        }
        return token.products.contains { product == $0 }
    }
}
