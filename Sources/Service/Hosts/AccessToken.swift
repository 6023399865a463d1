// SPDX-License-Identifier: Apache-2.0

internal import Crypto
package import HostProtocol
package import ServicePolicy
internal import UpdateFramework

/// What opens patch data to a host (LP-3.2-1): a bearer token (RFC 6750) that needs no database to be checked.
///
/// `k1.HOST.EXPIRY.MAC`: the host's name, seconds since 1970, and HMAC-SHA-256 (RFC 2104) over what stands before it, under a
/// secret that all processes of the service have.
package struct AccessTokens: Sendable {
    private let key: SymmetricKey
    private static let version = "k1"
    /// How long a token is good, in seconds: a host comes more often than that.
    package static let lifetime: Int64 = 86_400

    /// Tokens under a secret.
    package init(secret: [UInt8]) { key = SymmetricKey(data: secret) }

    /// A secret for all tokens.
    package static func newSecret() -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }

    /// A token for a host.
    package func token(for host: HostID, until expiry: Moment) -> String {
        let text = "\(Self.version).\(host).\(expiry.seconds)"
        return text + "." + Hexadecimal.text(of: HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: key))
    }

    /// Whether a token is one of ours, and whose; nil if it is not, or has expired.
    package func host(of token: some StringProtocol, at now: Moment) -> HostID? {
        let bytes = Array(token.utf8)
        // k1. 32 . at most 20 . 64
        guard bytes.count <= 3 + 33 + 21 + 64, bytes.count > 3 + 33 + 1 + 64 else { return nil }
        let place = bytes.count - 65
        guard bytes[place] == UInt8(ascii: "."),
            let code = Hexadecimal.bytes(of: String(decoding: bytes[(place + 1)...], as: UTF8.self)),
            HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: bytes[..<place], using: key)
        else { return nil }
        let parts = bytes[..<place].split(separator: UInt8(ascii: "."))
        guard parts.count == 3, let expiry = Int64(String(decoding: parts[2], as: UTF8.self)), now.seconds < expiry
        else { return nil }
        return HostID(String(decoding: parts[1], as: UTF8.self))
    }
}
