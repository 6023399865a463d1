// SPDX-License-Identifier: Apache-2.0

internal import LivePatch

/// Finds inline assembly statements that the fix adds, removes or alters, in the functions whose code differs.
///
/// An object file does not mark them. They are read where GCC writes them down before it inlines anything, so that what
/// a macro or a header brings is seen as well, and a statement that is only used once more is not.
struct AssemblyCheck: SafetyCheck {
    func findings(in unit: PatchUnit) throws(PatchRefusal) -> [Finding] {
        guard !unit.diff.isEmpty, let original = unit.statements.unfixed, let fixed = unit.statements.fixed else {
            return []
        }
        let before = AssemblyStatements(in: original)
        let after = AssemblyStatements(in: fixed)
        var facts: [String: [String]] = [:]
        for (function, text) in after.statements where !before.texts.contains(text) {
            facts[function, default: []].append("only in the fixed source: \(text)")
        }
        for (function, text) in before.statements where !after.texts.contains(text) {
            facts[function, default: []].append("only in the unfixed source: \(text)")
        }
        return facts.sorted { $0.key < $1.key }.map { function, facts in
            Finding(
                rule: .changedInlineAssembly, weight: .blocking, unit: unit.source, symbols: [function],
                facts: facts.uniqued())
        }
    }
}

/// The inline assembly statements of a unit, as GCC's dump has them.
struct AssemblyStatements {
    /// Each with the function that has it, in order.
    private(set) var statements: [(function: String, text: String)] = []

    /// The statements without their functions.
    var texts: Set<String> { Set(statements.map(\.text)) }

    /// Reads a dump: a function begins with `;; Function NAME (`, a statement with `__asm__` in a line of its own.
    init(in dump: [UInt8]) {
        var function = ""
        var open: String?
        for line in Lines.split(dump) {
            let text = Lines.text(line)
            if open == nil, text.hasPrefix(";; Function ") {
                function = String(text.dropFirst(";; Function ".count).prefix { $0 != " " })
                continue
            }
            let trimmed = String(text.drop { $0 == " " })
            guard open != nil || trimmed.hasPrefix("__asm__") else { continue }
            let whole = open.map { $0 + "\n" + text } ?? trimmed
            if Self.isComplete(whole) {
                let statement = Self.normalised(whole)
                // One without a text is no instruction: it only keeps the compiler from moving code across it.
                if !statement.contains("(\"\"") { statements.append((function, statement)) }
                open = nil
            } else {
                open = whole
            }
        }
    }

    /// Whether a statement has its semicolon, outside of strings.
    private static func isComplete(_ text: String) -> Bool {
        var isQuoted = false
        var isEscaped = false
        for scalar in text.unicodeScalars {
            if isEscaped {
                isEscaped = false
            } else if scalar == "\\" {
                isEscaped = isQuoted
            } else if scalar == "\"" {
                isQuoted.toggle()
            }
        }
        return !isQuoted && text.hasSuffix(";")
    }

    /// A statement without the numbers of its values (`x_12(D)`, `_7`, `buffer.76`), which differ between builds.
    private static func normalised(_ text: String) -> String {
        var result = ""
        var word = ""
        var isQuoted = false
        for character in text.replacing("(D)", with: "") {
            if character == "\"" { isQuoted.toggle() }
            let continuesName = character == "." && !word.isEmpty && word.first?.isNumber == false
            if !isQuoted, continuesName || character == "_" || character.isLetter || character.isNumber {
                word.append(character)
            } else {
                result += withoutNumbers(word) + String(character)
                word = ""
            }
        }
        let whole = (result + withoutNumbers(word)).split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return whole.hasSuffix(";") ? String(whole.dropLast()) : whole
    }

    /// A value's name without the numbers at its end; `_` for one that has no other name.
    private static func withoutNumbers(_ name: String) -> String {
        var name = name[...]
        while let mark = name.lastIndex(where: { $0 == "_" || $0 == "." }), name.index(after: mark) < name.endIndex,
            name[name.index(after: mark)...].allSatisfy(\.isNumber)
        {
            name = name[..<mark]
            if name.isEmpty { return "_" }
        }
        return String(name)
    }
}
