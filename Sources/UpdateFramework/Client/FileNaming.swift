// SPDX-License-Identifier: Apache-2.0

/// How names from metadata become names of files, here and on the repository.
package enum FileNaming {
    /// A name as one component of a URL's path (RFC 3986, 2.3): a role called `../x` must not leave the folder.
    package static func percentEncoded(_ name: String) -> String {
        String(decoding: name.utf8.flatMap { encoded($0, keeping: []) }, as: UTF8.self)
    }

    /// A path whose slashes stay.
    static func percentEncoded(path: TargetPath) -> String {
        String(decoding: path.text.utf8.flatMap { encoded($0, keeping: [UInt8(ascii: "/")]) }, as: UTF8.self)
    }

    /// The name of a role's metadata on the repository.
    static func metadata(_ role: RoleName, version: Int64?) -> String {
        (version.map { "\($0)." } ?? "") + percentEncoded(role.text) + ".json"
    }

    /// The path of a target on the repository, with its hash in front of the last part if there is one.
    static func target(_ path: TargetPath, hash: String?) -> String {
        let encoded = percentEncoded(path: path)
        guard let hash else { return encoded }
        let name = encoded.utf8.lastIndex(of: UInt8(ascii: "/")).map { encoded.utf8.index(after: $0) }
        let start = name ?? encoded.startIndex
        return encoded[..<start] + hash + "." + encoded[start...]
    }

    /// A name for a file in a folder of ours; nil for one that no file can have.
    ///
    /// A point in the first place is encoded too, so that no name is `..` or that of a file that is being written.
    static func local(_ name: String, suffix: String = "") -> String? {
        var encoded = percentEncoded(name)
        if encoded.utf8.first == UInt8(ascii: ".") { encoded = "%2E" + encoded.dropFirst() }
        encoded += suffix
        // NAME_MAX, less what the name of a file that is being written has more.
        return !encoded.isEmpty && encoded.utf8.count <= 255 - 8 ? encoded : nil
    }

    /// The path below a folder that an encoded path stands for; nil if it would leave the folder.
    package static func relativePath(ofEncoded path: String) -> String? {
        var parts: [String] = []
        for part in path.split(separator: "/", omittingEmptySubsequences: false) {
            guard let decoded = decoded(part), !["", ".", ".."].contains(decoded),
                !decoded.utf8.contains(where: { $0 == 0 || $0 == UInt8(ascii: "/") })
            else { return nil }
            parts.append(decoded)
        }
        return parts.joined(separator: "/")
    }

    private static func decoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(Hexadecimal.value(ofDigit:)),
                let low = rest.popFirst().flatMap(Hexadecimal.value(ofDigit:))
            else { return nil }
            bytes.append(high << 4 | low)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func encoded(_ byte: UInt8, keeping kept: [UInt8]) -> [UInt8] {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            return [byte]
        default:
            if kept.contains(byte) { return [byte] }
            let digits = Array("0123456789ABCDEF".utf8)
            return [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }
    }
}
