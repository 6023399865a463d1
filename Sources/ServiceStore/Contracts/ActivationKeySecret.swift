// SPDX-License-Identifier: Apache-2.0

internal import Crypto
internal import UpdateFramework

/// An activation key as it is printed: `KTG-` and 28 letters in groups of seven, the last of them a check letter.
///
/// 27 letters of 32 are 135 bits. They are shown once; what is stored is their SHA-256, which nobody can go back from.
package struct ActivationKeySecret: Hashable, Sendable {
    /// The key as it is printed.
    package let text: String

    /// What is wrong with a text that should be a key.
    package enum Fault: Error, Hashable, Sendable {
        /// It does not look like one.
        case notAKey
        /// A letter is wrong, or two have changed places: it was never a key.
        case mistyped
    }

    /// No letter that is easily taken for another: no I, L, O and U (as Crockford's base 32).
    private static let letters = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
    private static let prefix = "KTG"
    private static let count = 27

    /// Makes a key with the system's random numbers.
    package init() {
        var generator = SystemRandomNumberGenerator()
        let digits = (0..<Self.count).map { _ in Int.random(in: 0..<32, using: &generator) }
        self.init(digits)
    }

    private init(_ digits: [Int]) {
        let letters = (digits + [Self.check(digits)]).map { Self.letters[$0] }
        let groups = stride(from: 0, to: letters.count, by: 7).map { String(letters[$0..<min($0 + 7, letters.count)]) }
        text = ([Self.prefix] + groups).joined(separator: "-")
    }

    /// Reads what a person wrote: small letters, spaces and other hyphens are taken, and O for 0, I and L for 1.
    ///
    /// - Throws: `Fault`.
    package init(reading written: String) throws(Fault) {
        guard written.utf8.count <= 100 else { throw .notAKey }
        let plain = written.uppercased().filter { !" -‐–—_\t\n\r".contains($0) }
        guard plain.hasPrefix(Self.prefix) else { throw .notAKey }
        var digits: [Int] = []
        for letter in plain.dropFirst(Self.prefix.count) {
            let meant: Character = letter == "O" ? "0" : letter == "I" || letter == "L" ? "1" : letter
            guard let digit = Self.letters.firstIndex(of: meant) else { throw .mistyped }
            digits.append(digit)
        }
        guard digits.count == Self.count + 1 else { throw .mistyped }
        guard let last = digits.popLast(), last == Self.check(digits) else { throw .mistyped }
        self.init(digits)
    }

    /// A check letter that tells each wrong letter, and each two neighbours that changed places.
    ///
    /// The letters are elements of the field of 32, and the key is a sum of them with weights 2, 4, 8 …: one that changes
    /// changes the sum, and so do neighbours that change places, since no weight is that of its neighbour.
    private static func check(_ digits: [Int]) -> Int {
        var sum = 0
        for digit in digits { sum = doubled(sum ^ digit) }
        return sum
    }

    /// Multiplication by x in GF(2)[x] / (x⁵ + x² + 1).
    private static func doubled(_ element: Int) -> Int {
        let shifted = element << 1
        return shifted & 0b100000 == 0 ? shifted : (shifted ^ 0b100101)
    }

    /// What is stored in place of the key.
    package var hash: String { Hexadecimal.text(of: SHA256.hash(data: Array(text.utf8))) }
    /// What people call the key: the first eight digits of its hash, which tell nothing of it.
    package var id: String { String(hash.prefix(8)) }
}
