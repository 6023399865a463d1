// SPDX-License-Identifier: Apache-2.0

/// What the words around the changes tell: a title and the vulnerabilities.
struct FixHeader {
    private(set) var title: String?
    private(set) var vulnerabilities: [String] = []
    private(set) var waivers: [Waiver] = []

    /// Reads a line.
    ///
    /// - Returns: False for a line `Waive:` that names no rule, or gives no reason.
    mutating func read(_ line: String) -> Bool {
        if line.hasPrefix("Waive:") {
            let words = line.dropFirst("Waive:".count).split(separator: " ", maxSplits: 1)
            guard words.count == 2, let waiver = Waiver(about: words[0], reason: words[1]) else { return false }
            waivers.append(waiver)
        }
        for name in ["Subject:", "Description:"] where title == nil && line.hasPrefix(name) {
            let text = Self.withoutTags(line.dropFirst(name.count))
            if !text.isEmpty { title = text }
        }
        for vulnerability in Self.vulnerabilities(in: line) where !vulnerabilities.contains(vulnerability) {
            vulnerabilities.append(vulnerability)
        }
        return true
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
