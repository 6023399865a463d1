// SPDX-License-Identifier: Apache-2.0

internal import LivePatch

extension ReviewPage {
    /// What was found: what blocks first, then what was waived, then notes.
    var findings: HTML {
        let order: [(ReviewTexts, String, (Finding) -> Bool)] = [
            (.blocks, "blocks", \.isBlocking),
            (.isWaived, "waived", { $0.waiver != nil }),
            (.note, "note", { $0.weight == .note }),
        ]
        let cards = order.flatMap { label, style, isOfKind in
            manifest.findings.filter(isOfKind).map { card($0, words(label), style: style) }
        }
        let body: [HTML] = cards.isEmpty ? ["<p class=\"quiet\">\(words(.noFindings))</p>"] : cards
        return "<section id=\"findings\"><h2>\(words(.findings))</h2>\(body)</section>"
    }

    private func card(_ finding: Finding, _ label: String, style: String) -> HTML {
        let symbols: [HTML] = finding.symbols.prefix(24).map { "<code>\($0)</code> " }
        let more: HTML =
            finding.symbols.count > 24 ? "<span class=\"quiet\">+\(finding.symbols.count - 24)</span>" : .empty
        let unit: HTML = finding.unit.map { "<span class=\"quiet\">\($0)</span>" } ?? .empty
        let facts: [HTML] = finding.facts.map { "<li>\($0)</li>" }
        let waiver: HTML =
            finding.waiver.map {
                "<p class=\"waiver\"><strong>\(words(.waivedBy($0.name)))</strong> \($0.reason)</p>"
            } ?? .empty
        let rule = finding.rule
        return """
            <article class="finding \(style)">
            <h3><span class="label">\(label)</span>\(rule.title.text(in: language)) <code class="rule">\(rule.rawValue)</code></h3>
            <p class="about">\(symbols)\(more)\(unit)</p>
            \(facts.isEmpty ? .empty : "<ul class=\"facts-list\">\(facts)</ul>" as HTML)
            <p>\(rule.meaning.text(in: language))</p>
            <p class="advice"><strong>\(words(.whatToDo))</strong> \(rule.advice.text(in: language))</p>
            \(waiver)
            </article>

            """
    }
}
