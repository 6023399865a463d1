// SPDX-License-Identifier: Apache-2.0

internal import Mustache
internal import ServicePolicy

/// What pages say, in both languages; templates ask for them by name.
protocol PageTexts: CaseIterable, RawRepresentable<String>, Sendable {
    /// The text in both languages.
    var text: PolicyText { get }
}

/// The texts of all pages in one language, for templates: `{{t.catalogue}}`.
struct TextLookup: MustacheParent, Sendable {
    private static let english = all(in: .english)
    private static let japanese = all(in: .japanese)
    private let texts: [String: String]

    init(_ language: PageLanguage) { texts = language == .japanese ? Self.japanese : Self.english }

    func child(named name: String) -> Any? { texts[name] }

    /// The names of all texts; a name stands for one text.
    static var names: [String] { groups.flatMap { names(of: $0) } }

    private static let groups: [any PageTexts.Type] = [CommonText.self, PublicText.self, OperatorText.self]

    private static func names<Texts: PageTexts>(of texts: Texts.Type) -> [String] { texts.allCases.map(\.rawValue) }

    private static func all(in language: PageLanguage) -> [String: String] {
        func texts<Texts: PageTexts>(of texts: Texts.Type) -> [(String, String)] {
            texts.allCases.map { ($0.rawValue, language.text($0.text)) }
        }
        return Dictionary(groups.flatMap { texts(of: $0) }) { $1 }
    }
}

extension PageTexts {
    /// The text in a language.
    func text(in language: PageLanguage) -> String { language.text(text) }
}
