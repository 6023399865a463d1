// SPDX-License-Identifier: Apache-2.0

/// Stands in for the digest of the builder, whose library is no module here; a hash is not what is fuzzed.
enum Digest {
    static func sha256(of bytes: [UInt8]) -> String { String(bytes.count) }
}

/// Stands in for the builder's files: what is fuzzed is only text.
enum Files {
    static func read(_ path: String) throws(BuildError) -> [UInt8] { [] }
    static func isFile(_ path: String) -> Bool { false }
    static func isDirectory(_ path: String) -> Bool { false }
    static func names(in directory: String) throws(BuildError) -> [String] { [] }
}
