// SPDX-License-Identifier: Apache-2.0

/// What a preprocessor line means to someone who counts lines.
enum Directive: Equatable {
    case begin
    case middle
    case end
    /// `#line 7` and `# 7 "file"`: the number of the next line.
    case line(Int)
    case other

    /// Reads what follows the `#`.
    init(_ bytes: [UInt8]) {
        let words = String(decoding: bytes, as: UTF8.self).split { $0 == " " || $0 == "\t" }
        switch words.first {
        case "if", "ifdef", "ifndef": self = .begin
        case "else", "elif", "elifdef", "elifndef": self = .middle
        case "endif": self = .end
        case "line": self = words.count > 1 ? Self.numbering(words[1]) : .other
        case .some(let word): self = Self.numbering(word)
        case nil: self = .other
        }
    }

    // C11 6.10.4: the number of a line is at most 2147483647.
    private static func numbering(_ word: Substring) -> Directive {
        Int32(word).map { .line(Int($0)) } ?? .other
    }
}
