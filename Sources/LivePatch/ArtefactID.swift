// SPDX-License-Identifier: Apache-2.0

internal import Crypto

/// The identity of an artefact: the SHA-256 of its file.
package struct ArtefactID: Hashable, Sendable, CustomStringConvertible {
    /// The digest's 32 bytes.
    package let bytes: [UInt8]

    /// The identity of the file with these contents.
    package init(of file: [UInt8]) {
        bytes = Array(SHA256.hash(data: file))
    }

    /// An identity from a stored digest, or nil if it has not 32 bytes.
    package init?(bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        self.bytes = bytes
    }

    /// An identity of 64 hexadecimal digits; nil for any other text.
    package init?(hexadecimal text: String) {
        let digits = text.utf8.map { Character(UnicodeScalar($0)).hexDigitValue }
        guard digits.count == 64 else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: 64, by: 2) {
            guard let high = digits[index], let low = digits[index + 1] else { return nil }
            bytes.append(UInt8(high * 16 + low))
        }
        self.bytes = bytes
    }

    /// All 64 hexadecimal digits.
    package var description: String {
        bytes.map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }

    /// The first 12 hexadecimal digits, for people.
    package var short: String { String(description.prefix(12)) }

    /// Whether this is the identity that a person wrote: at least 6 leading hexadecimal digits, in either case.
    package func matches(_ written: String) -> Bool {
        written.count >= 6 && description.hasPrefix(written.lowercased())
    }
}
