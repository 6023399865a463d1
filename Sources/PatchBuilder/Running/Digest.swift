// SPDX-License-Identifier: Apache-2.0

import Crypto

/// A SHA-256 over fields, each preceded by its length so that no two lists of fields run together.
struct Digest {
    private var hash = SHA256()

    init(_ fields: [String] = []) {
        for field in fields { add(field) }
    }

    mutating func add(_ field: String) {
        add(Array(field.utf8))
    }

    mutating func add(_ bytes: [UInt8]) {
        hash.update(data: Array("\(bytes.count):".utf8))
        hash.update(data: bytes)
    }

    /// 64 hexadecimal digits.
    var hexadecimal: String {
        Digest.hexadecimal(hash.finalize())
    }

    /// The plain SHA-256 of some bytes, as `sha256sum` prints it.
    static func sha256(of bytes: [UInt8]) -> String {
        hexadecimal(SHA256.hash(data: bytes))
    }

    private static func hexadecimal(_ digest: SHA256.Digest) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
