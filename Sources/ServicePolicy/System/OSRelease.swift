// SPDX-License-Identifier: Apache-2.0

/// What a system says of itself in `/etc/os-release` (os-release(5)).
package struct OSRelease: Hashable, Sendable {
    /// The values by their names; of a name that comes twice, the last counts, as for a shell.
    package private(set) var values: [String: String] = [:]

    /// `ID`, which is `linux` where it is not told.
    package var id: String { values["ID"] ?? "linux" }
    /// `NAME`, which is `Linux` where it is not told.
    package var name: String { values["NAME"] ?? "Linux" }
    /// `VERSION_ID`.
    package var versionID: String? { values["VERSION_ID"] }

    /// Reads the text; lines that are no assignment are left out, as os-release(5) asks.
    package init(parsing text: String) {
        for line in text.unicodeScalars.split(separator: "\n") {
            let line = line.drop { $0 == " " || $0 == "\t" }
            guard let equals = line.firstIndex(of: "="), line.first != "#" else { continue }
            let name = line[..<equals]
            guard !name.isEmpty, name.allSatisfy(Self.isNamePart),
                let value = Self.value(line[line.index(after: equals)...])
            else { continue }
            values[String(String.UnicodeScalarView(name))] = value
        }
    }

    private static func isNamePart(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "A"..."Z", "a"..."z", "0"..."9", "_": true
        default: false
        }
    }

    /// A value as a shell would see it: parts in quotes and without, one after the other; nil if a quote is not closed.
    private static func value(_ text: Substring.UnicodeScalarView) -> String? {
        var value = String.UnicodeScalarView()
        var rest = text
        var quote: Unicode.Scalar?
        while let scalar = rest.popFirst() {
            switch (scalar, quote) {
            case ("\\", nil):
                guard let next = rest.popFirst() else { return nil }
                value.append(next)
            case ("\\", "\""):
                guard let next = rest.popFirst() else { return nil }
                // Between double quotes a backslash is itself in front of anything else.
                if !["\"", "\\", "$", "`"].contains(next) { value.append(scalar) }
                value.append(next)
            case ("'", nil), ("\"", nil): quote = scalar
            case (_, let open?) where open == scalar: quote = nil
            case (" ", nil), ("\t", nil), ("\r", nil):
                // A blank ends the value; only blanks may follow.
                return rest.allSatisfy { [" ", "\t", "\r"].contains($0) } ? String(value) : nil
            default: value.append(scalar)
            }
        }
        return quote == nil ? String(value) : nil
    }
}
