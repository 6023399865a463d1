// SPDX-License-Identifier: Apache-2.0

/// Lines that begin with `[`, as those of sections do, in a file of settings.
///
/// The parser aborts the program where no name follows the brackets (toml++ takes for granted that its caller has looked), so
/// that this is looked at before. Lines within arrays and texts of several lines are looked at, too: no setting needs them so.
enum SectionHeads {
    /// The number of the first line, from 1, with brackets that no name follows; nil if there is none.
    static func firstNameless(in text: String) -> Int? {
        let lines = text.unicodeScalars.split(omittingEmptySubsequences: false) { $0 == "\n" }
        return lines.firstIndex { $0.split { $0 == "\r" }.contains(where: isNameless) }.map { $0 + 1 }
    }

    private static func isNameless(_ line: Substring.UnicodeScalarView) -> Bool {
        var rest = line.drop(while: isBlank)
        guard rest.first == "[" else { return false }
        rest = rest.dropFirst().drop(while: isBlank)
        if rest.first == "[" { rest = rest.dropFirst().drop(while: isBlank) }
        guard let first = rest.first else { return true }
        // A bare key, a quoted one, or the other bracket, which the parser refuses by itself (TOML 1.0, Keys).
        switch first {
        case "A"..."Z", "a"..."z", "0"..."9", "_", "-", "\"", "'", "]": return false
        default: return true
        }
    }

    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isWhitespace || scalar == "\u{FEFF}"
    }
}
