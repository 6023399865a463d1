// SPDX-License-Identifier: Apache-2.0

internal import Crypto
internal import UpdateFramework

/// What a host is called: the first half of the SHA-256 of its public key, as 32 small hexadecimal digits.
///
/// Whoever has the key has the name; nothing else says which host it is.
package struct HostID: Hashable, Sendable, CustomStringConvertible {
    /// The digits.
    package let text: String

    /// The name of a key's host.
    package init(of key: HostPublicKey) {
        text = Hexadecimal.text(of: SHA256.hash(data: key.bytes).prefix(16))
    }

    /// Reads a name; nil for any other text.
    package init?(_ text: String) {
        let small = UInt8(ascii: "a")...UInt8(ascii: "f")
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        guard text.utf8.count == 32, text.utf8.allSatisfy({ digits.contains($0) || small.contains($0) }) else {
            return nil
        }
        self.text = text
    }

    package var description: String { text }
}
