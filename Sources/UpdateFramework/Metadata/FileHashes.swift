// SPDX-License-Identifier: Apache-2.0

internal import Crypto
package import JSON

/// A hash function by its name in metadata.
package enum HashAlgorithm: String, CaseIterable, Hashable, Sendable {
    /// The usual one.
    case sha256
    /// The middle one.
    case sha384
    /// The long one.
    case sha512
}

/// The hashes by which metadata knows a file.
///
/// Functions that this program does not know are kept and not looked at. If there are no others, no file has these hashes.
package struct FileHashes: Hashable, Sendable {
    /// The hash in small hexadecimal digits, by its function.
    package var known: [HashAlgorithm: String]
    /// Hashes by functions that this program does not know.
    package var others = JSONObject()

    /// The SHA-256 of contents.
    package init(of bytes: [UInt8]) {
        known = [.sha256: Hexadecimal.text(of: SHA256.hash(data: bytes))]
    }

    init(_ fields: Fields) throws(MetadataError) {
        known = [:]
        for member in fields.object.members {
            let text = try fields.string(member.name)
            guard let algorithm = HashAlgorithm(rawValue: member.name) else {
                others[member.name] = member.value
                continue
            }
            guard Hexadecimal.bytes(of: text) != nil else {
                throw .badValue(field: fields.path(of: member.name), value: text)
            }
            known[algorithm] = text.lowercased()
        }
        guard !fields.object.members.isEmpty else { throw .badValue(field: fields.path, value: "{}") }
    }

    var value: JSONValue {
        var object = others
        for (algorithm, text) in known { object[algorithm.rawValue] = .string(text) }
        return .object(object)
    }

    /// The one that names the file on a repository with consistent snapshots.
    var first: String? { HashAlgorithm.allCases.lazy.compactMap { known[$0] }.first }
}

/// Hashes contents as they come.
package struct FileHasher: Sendable {
    private var sha256 = SHA256()
    private var sha384 = SHA384()
    private var sha512 = SHA512()
    private let hashes: FileHashes
    /// Bytes that came so far.
    package private(set) var count = 0

    /// A hasher for what should have these hashes.
    package init(expecting hashes: FileHashes) { self.hashes = hashes }

    /// Takes the next bytes.
    package mutating func update(_ bytes: [UInt8]) {
        count += bytes.count
        for algorithm in hashes.known.keys {
            switch algorithm {
            case .sha256: sha256.update(data: bytes)
            case .sha384: sha384.update(data: bytes)
            case .sha512: sha512.update(data: bytes)
            }
        }
    }

    /// Whether all that came has the expected hashes.
    package var matches: Bool {
        !hashes.known.isEmpty
            && hashes.known.allSatisfy { algorithm, expected in
                let found =
                    switch algorithm {
                    case .sha256: Hexadecimal.text(of: sha256.finalize())
                    case .sha384: Hexadecimal.text(of: sha384.finalize())
                    case .sha512: Hexadecimal.text(of: sha512.finalize())
                    }
                return found == expected
            }
    }
}

extension FileHashes {
    /// Whether contents have these hashes.
    package func match(_ bytes: [UInt8]) -> Bool {
        var hasher = FileHasher(expecting: self)
        hasher.update(bytes)
        return hasher.matches
    }
}
