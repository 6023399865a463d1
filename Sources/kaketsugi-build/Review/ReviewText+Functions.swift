// SPDX-License-Identifier: Apache-2.0

import CommandLineOutput
import LivePatch
import PatchReview

extension ReviewText {
    /// The functions, each with a unified comparison of its code.
    var functions: [String] {
        guard !review.functions.isEmpty else {
            return [heading(.functions), "", paragraph(words(review.absenceOfCode), indent: 0)]
        }
        var lines = [heading(.functions)]
        if review.document == nil { lines += ["", paragraph(words(.noDocument), indent: 0)] }
        for function in review.functions { lines += [""] + text(of: function) }
        for (name, code) in review.added {
            lines += ["", coloured("\(TextLayout.harmless(name)) (\(words(.added)))", .bold)]
            lines += code.map { text(of: $0, "+") }
        }
        return lines
    }

    private func text(of function: FunctionReview) -> [String] {
        let sizes = "\(function.oldSize) → \(function.newSize) \(words(.bytes))"
        var lines = [coloured(TextLayout.harmless(function.name), .bold)]
        lines.append(row(words(.address), "0x\(String(function.address, radix: 16)), \(sizes)"))
        if let unit = function.unit { lines.append(row(words(.units), unit)) }
        if let callers = function.callers { lines.append(row(words(.callers), text(of: callers))) }
        if let copies = function.inlinedInto, !copies.isEmpty {
            lines.append(row(words(.inlinedInto), copies.joined(separator: ", ")))
        }
        if !function.data.isEmpty {
            lines.append(row(words(.dataTouched), function.data.map(text).joined(separator: ", ")))
        }
        for part in function.parts {
            lines.append("")
            if function.parts.count > 1 { lines.append(TextLayout.harmless("  \(part.name):")) }
            lines += part.rows.folded(context: 3).flatMap(text)
        }
        return lines
    }

    private func text(of callers: [ReviewDocument.Caller]) -> String {
        guard !callers.isEmpty else { return words(.noCallers) }
        return ReviewPage.grouped(callers).map { who, places in
            let name = who ?? "0x" + String(places[0].address, radix: 16)
            let count = places.count > 1 ? " ×\(places.count)" : ""
            return "\(name) (\(words(ReviewPage.text(of: places[0].kind)))\(count))"
        }.joined(separator: ", ")
    }

    private func text(of datum: DataUse) -> String {
        func word(_ use: DataUse.Use?) -> String {
            switch use {
            case .reads: words(.reads)
            case .writes: words(.writes)
            case .readsAndWrites: words(.readsAndWrites)
            case .takesAddress: words(.takesAddress)
            case nil: "-"
            }
        }
        let use = datum.old == datum.new ? word(datum.new) : "\(word(datum.old)) → \(word(datum.new))"
        return "\(datum.name) (\(use))"
    }

    /// Removed instructions come before the added ones, as in a unified diff.
    private func text(of run: CodeRun) -> [String] {
        guard !run.isFolded else { return ["  … " + words(.equalInstructions(run.rows.count))] }
        var lines: [String] = []
        var added: [String] = []
        for row in run.rows {
            if row.change == .same {
                lines += added
                added = []
                if let line = row.new { lines.append(text(of: line, " ")) }
            } else {
                if let line = row.old { lines.append(text(of: line, "-")) }
                if let line = row.new { added.append(text(of: line, "+")) }
            }
        }
        return lines + added
    }

    private func text(of line: CodeLine, _ mark: String) -> String {
        let offset = TextLayout.padded(String(line.offset, radix: 16), to: 5, atEnd: false)
        let shown = TextLayout.cut("\(mark)\(offset)  \(line.text)", to: TextLayout.width)
        return switch mark {
        case "+": coloured(shown, .green)
        case "-": coloured(shown, .red)
        default: shown
        }
    }
}
