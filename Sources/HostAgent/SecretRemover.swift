// SPDX-License-Identifier: Apache-2.0

/// Takes out of a text what must not leave a host.
package enum SecretRemover {
    /// What stands where a secret was.
    package static let mark = "[removed]"

    /// The text without names and passwords in addresses, and without what follows words that announce a secret.
    package static func clean(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { clean(line: String($0)) }
            .joined(separator: "\n")
    }

    private static func clean(line: String) -> String {
        var result = ""
        var rest = line[...]
        // Whatever stands between "://" and the last "@" before the address goes on.
        while let colon = rest.firstIndex(of: ":") {
            let after = rest[colon...]
            guard after.hasPrefix("://") else {
                result += rest[...colon]
                rest = rest[rest.index(after: colon)...]
                continue
            }
            let start = rest.index(colon, offsetBy: 3)
            let end = rest[start...].firstIndex { "/ \"'\t".contains($0) } ?? rest.endIndex
            result += rest[..<start]
            if let at = rest[start..<end].lastIndex(of: "@") {
                result += mark + rest[at..<end]
            } else {
                result += rest[start..<end]
            }
            rest = rest[end...]
        }
        result += rest
        for word in ["Bearer ", "password=", "token="] {
            guard let place = firstPlace(of: word, in: result) else { continue }
            let start = result.index(place, offsetBy: word.count)
            let end = result[start...].firstIndex { " \"',;\t".contains($0) } ?? result.endIndex
            result.replaceSubrange(start..<end, with: mark)
        }
        return result
    }

    private static func firstPlace(of word: String, in text: String) -> String.Index? {
        text.indices.first { text[$0...].lowercased().hasPrefix(word.lowercased()) }
    }
}
