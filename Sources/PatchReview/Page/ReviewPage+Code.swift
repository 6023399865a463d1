// SPDX-License-Identifier: Apache-2.0

package import LivePatch

extension ReviewPage {
    /// How many equal instructions are shown on either side of a change.
    private static var context: Int { 4 }

    /// The functions, each with its code before and after.
    var functions: HTML {
        let contents: [HTML] = review.functions.map { function in
            """
            <li><a href="#f-\(function.name)"><code>\(function.name)</code></a>
            <span class="quiet">\(function.oldSize) → \(function.newSize) \(words(.bytes))</span></li>
            """
        }
        let removed: [HTML] = manifest.removedFunctions.map {
            "<li><code>\($0)</code> <span class=\"quiet\">\(words(.removed))</span></li>"
        }
        let notice: HTML =
            review.functions.isEmpty
            ? "<p class=\"quiet\">\(words(review.absenceOfCode))</p>"
            : review.document == nil ? "<p class=\"quiet\">\(words(.noDocument))</p>" : .empty
        let added: [HTML] = review.added.map { name, lines in
            let rows = lines.map { CodeRow(old: nil, new: $0, change: .added) }
            return """
                <article class="function" id="f-\(name)">
                <h3><code>\(name)</code> <span class="label">\(words(.added))</span></h3>
                <details><summary>\(words(.after))</summary><div class="code">\(rows.map(row))</div></details>
                </article>

                """
        }
        return """
            <section id="functions"><h2>\(words(.functions))</h2>\(notice)
            <ul class="contents">\(contents)\(removed)</ul>
            \(review.functions.map(article))\(added)
            </section>
            """
    }

    private func article(_ function: FunctionReview) -> HTML {
        let unit: HTML = function.unit.map { "<span class=\"quiet\">\($0)</span>" } ?? .empty
        let parts: [HTML] = function.parts.map { part in
            let name: HTML = function.parts.count > 1 ? "<h4><code>\(part.name)</code></h4>" : .empty
            return """
                \(name)<div class="code"><div class="row head"><span>\(words(.before))</span><span>\(words(.after))</span></div>
                \(runs(of: part.rows))</div>
                """
        }
        return """
            <article class="function" id="f-\(function.name)">
            <h3><code>\(function.name)</code> \(unit)</h3>
            <dl class="facts">
            <div><dt>\(words(.address))</dt><dd><code>0x\(String(function.address, radix: 16))</code>, \(function.oldSize) → \(function.newSize) \(words(.bytes))</dd></div>
            \(callers(of: function))\(copies(of: function))\(data(of: function))
            </dl>
            \(parts)
            </article>

            """
    }

    private func callers(of function: FunctionReview) -> HTML {
        guard let callers = function.callers else { return .empty }
        guard !callers.isEmpty else {
            return "<div><dt>\(words(.callers))</dt><dd class=\"quiet\">\(words(.noCallers))</dd></div>"
        }
        var items: [HTML] = []
        for (who, places) in ReviewPage.grouped(callers).prefix(40) {
            let kind = words(Self.text(of: places[0].kind)) + (places.count > 1 ? " ×\(places.count)" : "")
            let place = "0x" + String(places[0].address, radix: 16)
            let name: HTML = who.map { "<code>\($0)</code>" } ?? "<code>\(place)</code>"
            items.append("<li>\(name) <span class=\"quiet\">\(kind)</span></li>")
        }
        let left = ReviewPage.grouped(callers).count - items.count
        if left > 0 { items.append("<li class=\"quiet\">\(words(.moreCallers(left)))</li>") }
        return "<div><dt>\(words(.callers))</dt><dd><ul class=\"inline\">\(items)</ul></dd></div>"
    }

    private func copies(of function: FunctionReview) -> HTML {
        guard let copies = function.inlinedInto, !copies.isEmpty else { return .empty }
        let items: [HTML] = copies.map { "<li><code>\($0)</code></li>" }
        return "<div><dt>\(words(.inlinedInto))</dt><dd><ul class=\"inline\">\(items)</ul></dd></div>"
    }

    private func data(of function: FunctionReview) -> HTML {
        guard !function.data.isEmpty else { return .empty }
        let items: [HTML] = function.data.map { datum in
            let (old, new) = (datum.old.map(word), datum.new.map(word))
            let use = old == new ? old ?? "" : "\(old ?? "–") → \(new ?? "–")"
            return "<li><code>\(datum.name)</code> <span class=\"quiet\">\(use)</span></li>"
        }
        return "<div><dt>\(words(.dataTouched))</dt><dd><ul class=\"inline\">\(items)</ul></dd></div>"
    }

    private func word(_ use: DataUse.Use) -> String {
        switch use {
        case .reads: words(.reads)
        case .writes: words(.writes)
        case .readsAndWrites: words(.readsAndWrites)
        case .takesAddress: words(.takesAddress)
        }
    }

    /// Rows in which long runs of equal instructions are folded away.
    private func runs(of rows: [CodeRow]) -> [HTML] {
        rows.folded(context: Self.context).map { run in
            guard run.isFolded else { return "\(run.rows.map(row))" }
            return """
                <details><summary>\(words(.equalInstructions(run.rows.count)))</summary>\(run.rows.map(row))</details>

                """
        }
    }

    private func row(_ row: CodeRow) -> HTML {
        "<div class=\"row \(row.change.rawValue)\">\(cell(row.old, "old"))\(cell(row.new, "new"))</div>\n"
    }

    private func cell(_ line: CodeLine?, _ side: String) -> HTML {
        guard let line else { return "<span class=\"\(side) none\"></span>" }
        return """
            <span class="\(side)"><i>\(String(line.offset, radix: 16))</i><code><b>\(line.mnemonic)</b> \(line.operands)</code></span>
            """
    }
}

extension ReviewPage {
    /// Callers by who they are and what they do, in the order of their first place; places without a name stay apart.
    package static func grouped(
        _ callers: [ReviewDocument.Caller]
    ) -> [(who: String?, places: [ReviewDocument.Caller])] {
        var groups: [(who: String?, places: [ReviewDocument.Caller])] = []
        for caller in callers {
            let known = groups.firstIndex {
                $0.who != nil && $0.who == caller.symbol && $0.places[0].kind == caller.kind
            }
            if let known { groups[known].places.append(caller) } else { groups.append((caller.symbol, [caller])) }
        }
        return groups
    }

    /// What a reference to a function is called.
    package static func text(of kind: ReviewDocument.Caller.Kind) -> ReviewTexts {
        switch kind {
        case .call: .calls
        case .jump: .jumps
        case .address: .takesAddress
        case .pointer: .holdsAddress
        }
    }
}
