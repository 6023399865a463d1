// SPDX-License-Identifier: Apache-2.0

/// A paragraph of Debian's control format (deb822): what indices, `.dsc` files and `.sources` files are written in.
struct ControlStanza: Equatable {
    /// Field names in lower case, which is how Debian Policy 5.1 compares them; values with their further lines.
    private var fields: [String: String] = [:]

    subscript(_ name: String) -> String? { fields[name.lowercased()] }

    /// The words of a field, apart by blanks, commas or line ends.
    func words(_ name: String) -> [String] {
        (self[name] ?? "").split { $0.isWhitespace || $0 == "," }.map(String.init)
    }

    /// Reads paragraphs; lines that are neither a field nor a continuation are passed over, as comments are.
    static func parse(_ text: String) -> [ControlStanza] {
        var stanzas: [ControlStanza] = []
        var current = ControlStanza()
        var last: String?
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            if line.allSatisfy(\.isWhitespace) {
                if !current.fields.isEmpty { stanzas.append(current) }
                (current, last) = (ControlStanza(), nil)
            } else if line.first == "#" {
                continue
            } else if line.first == " " || line.first == "\t" {
                if let last { current.fields[last, default: ""] += "\n" + line }
            } else if let colon = line.firstIndex(of: ":") {
                let name = line[..<colon].lowercased()
                current.fields[name] = String(line[line.index(after: colon)...].drop(while: \.isWhitespace))
                last = name
            }
        }
        if !current.fields.isEmpty { stanzas.append(current) }
        return stanzas
    }
}
