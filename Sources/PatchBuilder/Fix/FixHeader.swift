// SPDX-License-Identifier: Apache-2.0

internal import LivePatch

/// What the words around the changes tell: a title, where the fix comes from, the vulnerabilities, and what its author
/// says of the live patch.
///
/// The fields are those of DEP-3, as Debian's patches have them, and of `git format-patch`; `Waive`, `Revert-Hazard` and
/// `Revert-Hazard-Ja` are ours. A line that begins with a blank goes on with the field above it.
struct FixHeader {
    private(set) var title: String?
    private(set) var origin: String?
    private(set) var author: String?
    private(set) var vulnerabilities: [String] = []
    private(set) var waivers: [Waiver] = []
    private(set) var revertHazards: [LocalizedText] = []
    /// The field that a line beginning with a blank goes on with.
    private var field: Field?

    private enum Field: String, CaseIterable {
        case subject = "Subject:"
        case description = "Description:"
        case origin = "Origin:"
        case author = "Author:"
        case from = "From:"
        case revertHazardJapanese = "Revert-Hazard-Ja:"
        case revertHazard = "Revert-Hazard:"
    }

    /// Reads a line.
    ///
    /// - Returns: False for a line `Waive:` that names no rule, or gives no reason.
    mutating func read(_ line: String) -> Bool {
        for vulnerability in Self.vulnerabilities(in: line) where !vulnerabilities.contains(vulnerability) {
            vulnerabilities.append(vulnerability)
        }
        if line.first == " " || line.first == "\t" {
            goOn(with: Self.trimmed(line[...]))
            return true
        }
        field = Field.allCases.first { line.hasPrefix($0.rawValue) }
        if let field { begin(field, with: Self.trimmed(line.dropFirst(field.rawValue.count))) }
        guard line.hasPrefix("Waive:") else { return true }
        let words = line.dropFirst("Waive:".count).split(separator: " ", maxSplits: 1)
        guard words.count == 2, let waiver = Waiver(about: words[0], reason: words[1]) else { return false }
        waivers.append(waiver)
        return true
    }

    /// The first value of a field counts; each hazard is one of its own.
    private mutating func begin(_ field: Field, with text: String) {
        switch field {
        case .subject, .description: title = title ?? Self.nonEmpty(Self.withoutTags(text[...]))
        case .origin: origin = origin ?? Self.nonEmpty(text)
        case .author, .from: author = author ?? Self.nonEmpty(text)
        case .revertHazard: if !text.isEmpty { revertHazards.append(LocalizedText(english: text, japanese: nil)) }
        case .revertHazardJapanese:
            guard let last = revertHazards.indices.last, !text.isEmpty else { return }
            revertHazards[last].japanese = text
        }
    }

    private mutating func goOn(with text: String) {
        guard !text.isEmpty else { return }
        switch field {
        case .subject: title = title.map { $0 + " " + text } ?? text
        // DEP-3: the first line is the title, what follows explains it.
        case .description: title = title ?? text
        case .origin: origin = origin.map { $0 + " " + text } ?? text
        case .author, .from: author = author ?? text
        case .revertHazard:
            guard let last = revertHazards.indices.last else { return }
            revertHazards[last].english += " " + text
        case .revertHazardJapanese:
            guard let last = revertHazards.indices.last else { return }
            revertHazards[last].japanese = (revertHazards[last].japanese ?? "") + text
        case nil: break
        }
    }

    private static func nonEmpty(_ text: String) -> String? { text.isEmpty ? nil : text }

    private static func trimmed(_ text: Substring) -> String {
        let start = text.drop { $0 == " " || $0 == "\t" }
        return String(start.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
    }

    /// The subject without `[PATCH 2/3]` and its like.
    private static func withoutTags(_ text: Substring) -> String {
        var text = text.drop { $0 == " " }
        while text.first == "[", let end = text.firstIndex(of: "]") {
            text = text[text.index(after: end)...].drop { $0 == " " }
        }
        return String(text)
    }

    /// Every `CVE-YEAR-NUMBER` of a line; the number has four digits or more.
    static func vulnerabilities(in line: String) -> [String] {
        let words = line.uppercased().split { !($0.isASCII && ($0.isLetter || $0.isNumber)) && $0 != "-" }
        return words.compactMap { word in
            let parts = word.split(separator: "-", omittingEmptySubsequences: false)
            guard let start = parts.firstIndex(of: "CVE"), start + 2 < parts.count else { return nil }
            let (year, number) = (parts[start + 1], parts[start + 2])
            guard year.count == 4, number.count >= 4, (year + number).allSatisfy(\.isWholeNumber) else { return nil }
            return "CVE-\(year)-\(number)"
        }
    }
}
