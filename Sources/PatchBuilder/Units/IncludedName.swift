// SPDX-License-Identifier: Apache-2.0

/// The name in an include directive, or in a question for a header.
enum IncludedName {
    /// The name between quotes or angle brackets; nil if something else is there: a macro, or the next line.
    ///
    /// - Parameter text: A line from somewhere before its `#`, or from the bracket behind `__has_include`.
    /// - Returns: The name.
    static func parse(_ text: Substring) -> String? {
        guard let start = text.firstIndex(where: { $0 == "\"" || $0 == "<" }) else { return nil }
        guard lead(text[..<start]).allSatisfy({ $0 == "(" || $0.isWhitespace }) else { return nil }
        let rest = text[text.index(after: start)...]
        guard let end = rest.firstIndex(of: text[start] == "<" ? ">" : "\"") else { return nil }
        return String(rest[..<end])
    }

    /// What stands between the directive's word and the name, without comments.
    private static func lead(_ text: Substring) -> String {
        var text = String(text)
        while let start = text.firstRange(of: "/*"), let end = text[start.upperBound...].firstRange(of: "*/") {
            text.replaceSubrange(start.lowerBound..<end.upperBound, with: " ")
        }
        if let comment = text.firstRange(of: "*/") { text.removeSubrange(..<comment.upperBound) }
        // The longest word first: one begins with another.
        for word in ["include_next", "include", "import", "incbin"] {
            if let range = text.firstRange(of: word) { return String(text[range.upperBound...]) }
        }
        return text
    }
}
