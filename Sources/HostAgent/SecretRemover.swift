// SPDX-License-Identifier: Apache-2.0

/// Takes out of a text what must not leave a host.
package enum SecretRemover {
    /// What stands where a secret was.
    package static let mark = "[removed]"

    /// What announces a secret, in small letters.
    private static let announcements = ["bearer ", "password=", "token="].map { Array($0.utf8) }
    private static let scheme = Array("://".utf8)
    private static let ends = Set(" \"',;\t\r\n".utf8)
    /// A password in an address may have commas and semicolons.
    private static let addressEnds = Set("/ \"'\t\r\n".utf8)

    /// The text without names and passwords in addresses, and without what follows words that announce a secret.
    package static func clean(_ text: String) -> String {
        var result: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.first {
            if rest.starts(with: scheme) {
                result += rest.prefix(scheme.count)
                rest = rest.dropFirst(scheme.count)
                // Whatever stands before the last "@" of the server's name.
                let server = rest.prefix { !addressEnds.contains($0) }
                guard let at = server.lastIndex(of: UInt8(ascii: "@")) else { continue }
                result += mark.utf8
                rest = rest[at...]
            } else if let word = announcements.first(where: { isWord($0, at: rest) }) {
                result += rest.prefix(word.count) + mark.utf8
                rest = rest.dropFirst(word.count).drop { !ends.contains($0) }
            } else {
                result.append(byte)
                rest = rest.dropFirst()
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static func isWord(_ word: [UInt8], at text: ArraySlice<UInt8>) -> Bool {
        text.prefix(word.count).elementsEqual(word) { byte, wanted in
            byte == wanted || ((UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) && byte | 0x20 == wanted)
        }
    }
}
