// SPDX-License-Identifier: Apache-2.0

internal import ELF
internal import LivePatch

/// A review as a page that stands alone: one file without scripts, for screens of any width, light or dark, and paper.
package struct ReviewPage {
    let review: PatchReview
    let language: ReviewLanguage

    /// A page for a review.
    package init(_ review: PatchReview, in language: ReviewLanguage) {
        self.review = review
        self.language = language
    }

    /// The whole file.
    package var text: String {
        let page: HTML = """
            <!DOCTYPE html>
            <html lang="\(language.rawValue)">
            <head>
            <meta charset="utf-8"/>
            <meta name="viewport" content="width=device-width, initial-scale=1"/>
            <meta name="color-scheme" content="light dark"/>
            <meta name="generator" content="kaketsugi-build"/>
            <title>\(title) · \(manifest.target.name)</title>
            <style>
            \(PageStyle.sheet)
            </style>
            </head>
            <body>
            \(header)
            <main>
            \(findings)
            \(functions)
            \(goingBack)
            \(evidence)
            \(fix)
            </main>
            </body>
            </html>

            """
        return page.markup
    }

    var manifest: Manifest { review.manifest }

    /// The words of a text in the page's language.
    func words(_ text: ReviewTexts) -> String { text.text(in: language) }

    /// The titles of the fixes, or the target's name.
    private var title: String {
        var titles: [String] = []
        for fix in manifest.fixes where !fix.title.isEmpty && !titles.contains(fix.title) { titles.append(fix.title) }
        return titles.isEmpty ? manifest.target.name : titles.joined(separator: " · ")
    }

    private var blocking: Int { manifest.findings.count(where: \.isBlocking) }

    private var header: HTML {
        """
        <header>
        <p class="kind">\(words(blocking > 0 ? .refusedHeading : .heading))</p>
        <h1>\(title)</h1>
        <p class="chips">\(vulnerabilities.map { "<span class=\"chip\">\($0)</span>" as HTML })</p>
        <p class="verdict \(blocking > 0 ? "bad" : "good")">\(verdict)</p>
        <dl class="facts">
        \(facts)
        </dl>
        </header>
        """
    }

    private var vulnerabilities: [String] {
        var all: [String] = []
        for name in manifest.fixes.flatMap(\.vulnerabilities) where !all.contains(name) { all.append(name) }
        return all
    }

    private var verdict: HTML {
        let waived = manifest.findings.count { $0.waiver != nil }
        let notes = manifest.findings.count { $0.weight == .note }
        var parts = [words(blocking > 0 ? .blocked(blocking) : .clear)]
        if waived > 0 { parts.append(words(.waived(waived))) }
        if notes > 0 { parts.append(words(.notes(notes))) }
        if !review.functions.isEmpty { parts.append(words(.functionsReplaced(review.functions.count))) }
        if !review.added.isEmpty { parts.append(words(.functionsAdded(review.added.count))) }
        let rest: [HTML] = parts.dropFirst().map { "<span>\($0)</span>" }
        return "<strong>\(parts[0])</strong>\(rest)"
    }

    private var facts: [HTML] {
        var rows: [(ReviewTexts, HTML)] = [
            (.target, "\(manifest.target.name)"), (.buildID, "<code>\(manifest.target.buildID.description)</code>"),
            (.level, "\(manifest.level)"),
        ]
        if let package = manifest.target.package { rows.insert((.package, "\(package)"), at: 1) }
        if let id = review.id { rows.append((.identity, "<code>\(id.description)</code>")) }
        if let size = review.fileSize {
            rows.append((.size, "\(size) \(words(.bytes)), \(words(.inMemory(review.imageSize)))"))
        }
        return rows.map { "<div><dt>\(words($0))</dt><dd>\($1)</dd></div>\n" }
    }

    private var goingBack: HTML {
        let hazards: [HTML] = manifest.revertHazards.map { "<li>\($0.text(in: language))</li>" }
        let hooks: [HTML] = manifest.hooks.map {
            "<li><code>\($0.function)</code> <span class=\"quiet\">\(words(.moment($0.moment)))</span></li>"
        }
        let hazardList: HTML =
            hazards.isEmpty
            ? "<p class=\"quiet\">\(words(.noHazards))</p>"
            : "<h3>\(words(.hazards))</h3><ul class=\"hazards\">\(hazards)</ul>"
        let hookList: HTML = hooks.isEmpty ? .empty : "<h3>\(words(.hooks))</h3><ul>\(hooks)</ul>"
        return "<section id=\"back\"><h2>\(words(.goingBack))</h2>\(hazardList)\(hookList)</section>"
    }

    private var evidence: HTML {
        let proofs: [HTML] = manifest.evidence.map {
            "<div><dt>\(words(.proof($0.kind)))</dt><dd><code>\($0.subject)</code> <span class=\"quiet\">\($0.detail)</span></dd></div>"
        }
        let sources: [HTML] = (review.document?.units ?? []).map {
            """
            <li><code>\($0.source)</code> <span class="quiet">\(words($0.verdict == .changed ? .changed : .unchanged))</span></li>
            """
        }
        let units: HTML =
            sources.isEmpty
            ? .empty : "<div><dt>\(words(.units))</dt><dd><ul class=\"inline\">\(sources)</ul></dd></div>"
        let tools: HTML = """
            <div><dt>\(words(.builder))</dt><dd>\(manifest.builder.name) \(manifest.builder.version)</dd></div>
            <div><dt>\(words(.compiler))</dt><dd>\(manifest.compiler)</dd></div>
            """
        return
            "<section id=\"evidence\"><h2>\(words(.evidence))</h2><dl class=\"facts\">\(proofs)\(units)\(tools)</dl></section>"
    }

    private var fix: HTML {
        guard let text = review.document?.fix, !text.isEmpty else { return .empty }
        let lines: [HTML] = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            let kind =
                switch line.first {
                case "+" where !line.hasPrefix("+++ "): "add"
                case "-" where !line.hasPrefix("--- "): "del"
                case "@": "hunk"
                default: line.hasPrefix("+++ ") || line.hasPrefix("--- ") ? "file" : "ctx"
                }
            return "<span class=\"\(kind)\">\(String(line))\n</span>"
        }
        return "<section id=\"fix\"><h2>\(words(.theFix))</h2><pre class=\"diff\">\(lines)</pre></section>"
    }
}
