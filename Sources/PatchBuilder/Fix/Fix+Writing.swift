// SPDX-License-Identifier: Apache-2.0

extension Fix {
    /// The changes as a unified diff, without the words around them.
    package var text: String { files.map(\.text).joined() }
}

extension FileChange {
    fileprivate var text: String {
        "--- \(oldName)\n+++ \(newName)\n" + hunks.map(\.text).joined()
    }
}

extension Hunk {
    fileprivate var text: String {
        let header = "@@ -\(oldStart),\(oldLines.count) +\(newStart),\(newLines.count) @@\n"
        return header
            + lines.map { line in
                let text = String(decoding: [line.mark.rawValue] + line.text, as: UTF8.self)
                return line.text.last == 0x0A ? text : text + "\n\\ No newline at end of file\n"
            }.joined()
    }
}
