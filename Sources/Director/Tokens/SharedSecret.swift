// SPDX-License-Identifier: Apache-2.0

internal import Crypto
package import HostProtocol
package import ServicePolicy
internal import UpdateFramework

/// What the servers of a service have in common: whatever one of them hands out, all others know again.
package struct SharedSecret: Sendable {
    private let key: SymmetricKey

    /// A secret from its digits.
    package init(_ text: String) { key = SymmetricKey(data: Array(text.utf8)) }

    fileprivate func seal(_ parts: [String]) -> String {
        let text = parts.joined(separator: ".")
        return text + "." + Hexadecimal.text(of: HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: key))
    }

    fileprivate func open(_ text: String, count: Int) -> [String]? {
        guard text.utf8.count <= 1024, let dot = text.lastIndex(of: "."),
            let code = Hexadecimal.bytes(of: String(text[text.index(after: dot)...]))
        else { return nil }
        let body = text[..<dot]
        guard HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: Array(body.utf8), using: key) else {
            return nil
        }
        let parts = body.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        return parts.count == count ? parts : nil
    }
}

/// What opens patch data for a host: a bearer token (RFC 6750) that says for whom, until when and which products.
package struct AccessToken: Hashable, Sendable {
    /// The host.
    package var host: HostID
    /// From when on it opens nothing.
    package var expires: Moment
    /// The products.
    package var products: [String]

    private static let kind = "kta1"

    /// What a token is to say.
    package init(host: HostID, expires: Moment, products: [String]) {
        self.host = host
        self.expires = expires
        self.products = products
    }

    /// Reads a token; nil if no server of the service has made it, or it is too old.
    package init?(_ text: String, by secret: SharedSecret, at now: Moment) {
        guard let parts = secret.open(text, count: 4), parts[0] == Self.kind, let host = HostID(parts[1]),
            let seconds = Int64(parts[2]), now.seconds < seconds
        else { return nil }
        self.init(
            host: host, expires: Moment(seconds: seconds), products: parts[3].split(separator: "~").map(String.init))
    }

    /// The token.
    package func sealed(by secret: SharedSecret) -> String {
        secret.seal([Self.kind, host.text, "\(expires.seconds)", products.joined(separator: "~")])
    }
}

/// What opens one registration for a machine that has another one's key.
struct CopyTicket: Hashable, Sendable {
    /// The host whose key it has.
    var host: HostID
    /// From when on it opens nothing.
    var expires: Moment
    /// Tells it from other tickets.
    var nonce: String

    private static let kind = "ktc1"

    /// A ticket of its own.
    init(host: HostID, expires: Moment) {
        self.host = host
        self.expires = expires
        nonce = Hexadecimal.text(of: (0..<16).map { _ in UInt8.random(in: .min ... .max) })
    }

    /// Reads a ticket; nil if no server of the service has made it, or it is too old.
    init?(_ text: String, by secret: SharedSecret, at now: Moment) {
        guard let parts = secret.open(text, count: 4), parts[0] == Self.kind, let host = HostID(parts[1]),
            let seconds = Int64(parts[2]), now.seconds < seconds
        else { return nil }
        self.host = host
        expires = Moment(seconds: seconds)
        nonce = parts[3]
    }

    /// The ticket.
    func sealed(by secret: SharedSecret) -> String { secret.seal([Self.kind, host.text, "\(expires.seconds)", nonce]) }

    /// What is kept of a ticket that was used.
    static func hash(_ text: String) -> String { Hexadecimal.text(of: SHA256.hash(data: Array(text.utf8))) }
}
