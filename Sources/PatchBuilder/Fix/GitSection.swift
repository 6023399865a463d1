// SPDX-License-Identifier: Apache-2.0

/// What the extended header lines below `diff --git` say about a file.
struct GitSection {
    let fixLine: Int
    private(set) var kind: FileChange.Kind?
    private(set) var name: String

    /// Begins with the line `diff --git a/NAME b/NAME`; names with blanks are only in the lines that follow.
    init(_ line: String, fixLine: Int) {
        self.fixLine = fixLine
        name = line.split(separator: " ").last.map(String.init) ?? line
    }

    /// Takes in a line; false if it is none of git's.
    mutating func read(_ line: String) -> Bool {
        if line.hasPrefix("new file mode ") {
            kind = .created
        } else if line.hasPrefix("deleted file mode ") {
            kind = .deleted
        } else if line.hasPrefix("rename from ") {
            (kind, name) = (.renamed, String(line.dropFirst("rename from ".count)))
        } else if line.hasPrefix("copy to ") {
            (kind, name) = (.created, String(line.dropFirst("copy to ".count)))
        } else if line.hasPrefix("GIT binary patch") || line.hasPrefix("Binary files ") {
            kind = .binary
        } else {
            return Self.silent.contains { line.hasPrefix($0) }
        }
        return true
    }

    private static let silent = [
        "index ", "old mode ", "new mode ", "similarity ", "dissimilarity ", "rename to ", "copy from ",
    ]
}
