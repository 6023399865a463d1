// SPDX-License-Identifier: Apache-2.0

/// Text for a terminal of 80 columns, in which Japanese characters take two.
package enum TextLayout {
    /// The columns of a line.
    package static let width = 80

    /// The columns that a text takes.
    package static func columns(_ text: String) -> Int {
        text.unicodeScalars.reduce(0) { $0 + ($1.isWide ? 2 : 1) }
    }

    /// A text filled up with spaces to a number of columns, and cut off at it.
    package static func padded(_ text: String, to columns: Int, atEnd: Bool = true) -> String {
        let text = prefix(text, columns: columns)
        let spaces = String(repeating: " ", count: columns - self.columns(text))
        return atEnd ? text + spaces : spaces + text
    }

    /// The lines of a text that is broken at spaces, or within a word that no line could hold.
    package static func wrapped(_ text: String, indent: Int) -> String {
        let room = width - indent
        var lines: [String] = []
        var line = ""
        for word in harmless(text).split(separator: " ").flatMap({ pieces(String($0), columns: room) }) {
            if line.isEmpty {
                line = word
            } else if columns(line) + 1 + columns(word) <= room {
                line += " " + word
            } else {
                lines.append(line)
                line = word
            }
        }
        lines.append(line)
        return lines.map { String(repeating: " ", count: indent) + $0 }.joined(separator: "\n")
    }

    /// Rows as a table: every column but the last as wide as its widest cell, at most `limit`.
    package static func table(_ rows: [[String]], limit: Int = 20) -> String {
        let count = rows.map(\.count).max() ?? 0
        let widths = (0..<count).map { column in
            min(limit, rows.map { $0.indices.contains(column) ? columns($0[column]) : 0 }.max() ?? 0)
        }
        return rows.map { row in
            var line = ""
            for (column, cell) in row.enumerated() {
                let isLast = column == row.count - 1
                line += isLast ? prefix(cell, columns: width - columns(line)) : padded(cell, to: widths[column]) + "  "
            }
            return line
        }.joined(separator: "\n")
    }

    /// A text cut off at a number of columns.
    package static func cut(_ text: String, to columns: Int) -> String { prefix(text, columns: columns) }

    private static func prefix(_ text: String, columns: Int) -> String {
        let text = harmless(text)
        guard self.columns(text) > columns else { return text }
        var result = ""
        var used = 0
        for character in text {
            used += self.columns(String(character))
            guard used < columns else { break }
            result.append(character)
        }
        return result + "…"
    }

    private static func pieces(_ word: String, columns: Int) -> [String] {
        guard self.columns(word) > columns else { return [word] }
        var pieces = [""]
        for character in word {
            if self.columns(pieces[pieces.count - 1]) + self.columns(String(character)) > columns { pieces.append("") }
            pieces[pieces.count - 1].append(character)
        }
        return pieces
    }
}

extension TextLayout {
    /// A text without what a terminal obeys: names of processes and texts of patches are other people's.
    ///
    /// Control characters could rewrite what stands above them, and marks of direction could reorder it.
    package static func harmless(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            result.append(scalar.isObeyed ? "\u{fffd}" : scalar)
        }
        return String(result)
    }
}

extension Unicode.Scalar {
    /// Whether a terminal does something else than show the character.
    fileprivate var isObeyed: Bool {
        switch value {
        case 0...0x08, 0x0a...0x1f, 0x7f...0x9f, 0x200e, 0x200f, 0x2028...0x202e, 0x2066...0x2069: true
        default: false
        }
    }

    /// Whether terminals give the character two columns: the blocks that Japanese text uses (Unicode, EAW=W and F).
    fileprivate var isWide: Bool {
        switch value {
        case 0x1100...0x115f, 0x2e80...0x303e, 0x3041...0xa4cf, 0xac00...0xd7a3, 0xf900...0xfaff, 0xfe30...0xfe6f,
            0xff01...0xff60, 0xffe0...0xffe6:
            true
        default: false
        }
    }
}
