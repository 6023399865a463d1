// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes
internal import Hummingbird
internal import ServicePolicy

/// The languages of the pages.
enum PageLanguage: String, CaseIterable, Hashable, Sendable {
    /// English.
    case english = "en"
    /// Japanese.
    case japanese = "ja"

    /// A text in the language.
    func text(_ text: PolicyText) -> String { self == .japanese ? text.japanese : text.english }

    /// The other one.
    var other: PageLanguage { self == .japanese ? .english : .japanese }

    /// The language of a request: what its address asks for, or the reader chose before, or their browser prefers.
    init(of request: Request) {
        let asked = request.uri.queryParameters["lang"].flatMap { PageLanguage(rawValue: String($0)) }
        let chosen = request.cookies[Self.cookie].flatMap { PageLanguage(rawValue: $0.value) }
        self = asked ?? chosen ?? Self.preferred(request.headers[.acceptLanguage] ?? "")
    }

    /// The name of the cookie that keeps a choice.
    static let cookie = "lang"

    /// The first of ours in an `Accept-Language` (RFC 9110, 12.5.4), by its weights.
    static func preferred(_ field: String) -> PageLanguage {
        var best: (language: PageLanguage, weight: Double)?
        for part in field.split(separator: ",").prefix(32) {
            let pieces = part.split(separator: ";").map { $0.filter { $0 != " " } }
            guard let tag = pieces.first, let language = PageLanguage(rawValue: String(tag.prefix(2)).lowercased())
            else { continue }
            let weight = pieces.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) } ?? 1
            if weight > 0, weight > best?.weight ?? 0 { best = (language, weight) }
        }
        return best?.language ?? .english
    }
}
