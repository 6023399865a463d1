// SPDX-License-Identifier: Apache-2.0

internal import Crypto
internal import UpdateFramework

/// Texts that nobody can guess.
enum RandomText {
    /// 64 hexadecimal digits.
    static func token() -> String {
        var generator = SystemRandomNumberGenerator()
        return Hexadecimal.text(of: (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
    }

    /// A short name for a record: 12 hexadecimal digits.
    static func name() -> String { String(token().prefix(12)) }

    /// A password that people can copy by hand: 20 letters in groups of five, 100 bits.
    static func password() -> String {
        // No letter that is easily taken for another.
        let letters = Array("abcdefghjkmnpqrstuvwxyz23456789ABC")
        var generator = SystemRandomNumberGenerator()
        let text = (0..<20).map { _ in letters[Int.random(in: 0..<32, using: &generator)] }
        return stride(from: 0, to: 20, by: 5).map { String(text[$0..<$0 + 5]) }.joined(separator: "-")
    }

    /// What is stored in place of a token.
    static func hash(of token: String) -> String { Hexadecimal.text(of: SHA256.hash(data: Array(token.utf8))) }
}
