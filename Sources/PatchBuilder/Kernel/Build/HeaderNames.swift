// SPDX-License-Identifier: Apache-2.0

/// The names that a header's lines define: who uses them sees a change of those lines.
struct HeaderNames {
    /// For each line, the name of the macro, type or function that it is part of; nil outside of any.
    private let owners: [String?]

    init(_ text: [UInt8]) {
        var owners: [String?] = []
        var current: String?
        var isMacro = false
        for line in String(decoding: text, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false) {
            if isMacro {
                owners.append(current)
                if !line.hasSuffix("\\") { (current, isMacro) = (nil, false) }
                continue
            }
            if let name = Self.macro(line) {
                owners.append(name)
                if line.hasSuffix("\\") { (current, isMacro) = (name, true) }
                continue
            }
            if let first = line.first, first.isLetter || first == "_", let name = Self.definition(line) {
                current = name
            }
            owners.append(current)
            if line.hasPrefix("}") { current = nil }
        }
        self.owners = owners
    }

    /// The name that a line is part of, counted from 1.
    func owner(ofLine number: Int) -> String? {
        owners.indices.contains(number - 1) ? owners[number - 1] : nil
    }

    /// The name that a line of a preprocessor's definition gives.
    static func macro(_ line: some StringProtocol) -> String? {
        let words = line.split(whereSeparator: \.isWhitespace)
        guard let define = words.first, words.count > 1 else { return nil }
        let name =
            define == "#define" ? words[1] : (define == "#" && words[1] == "define" ? words.dropFirst(2).first : nil)
        return name.map { String($0.prefix(while: isNamePart)) }
    }

    /// The name of the structure or function that begins in a line at its margin.
    private static func definition(_ line: Substring) -> String? {
        let words = line.split { !isNamePart($0) }
        if let kind = words.first, ["struct", "union", "enum"].contains(kind), line.contains("{") {
            return words.count > 1 ? String(words[1]) : nil
        }
        guard let open = line.firstIndex(of: "(") else { return nil }
        return line[..<open].split { !isNamePart($0) }.last.map(String.init)
    }

    private static func isNamePart(_ character: Character) -> Bool {
        character.isASCII && (character.isLetter || character.isNumber || character == "_")
    }
}
