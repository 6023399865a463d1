// SPDX-License-Identifier: Apache-2.0

import CommandLineOutput
import ELF
import LivePatch
import PatchReview

/// A review in lines of at most 80 columns.
struct ReviewText {
    var review: PatchReview
    var language: ReviewLanguage
    /// Whether the output is a terminal that shows colours.
    var isColoured = false

    var text: String {
        let parts = [head, findings, functions, back, evidence, fix].filter { !$0.isEmpty }
        return parts.map { $0.joined(separator: "\n") }.joined(separator: "\n\n")
    }

    private var manifest: Manifest { review.manifest }

    func words(_ text: ReviewTexts) -> String { text.text(in: language) }

    /// A label and what it is about, broken where it must be.
    func row(_ label: String, _ value: String) -> String {
        let lines = TextLayout.wrapped(value, indent: Self.column).split(separator: "\n")
        let first = lines.first.map { String($0.dropFirst(Self.column)) } ?? ""
        return ([TextLayout.padded(label, to: Self.column - 2) + "  " + first] + lines.dropFirst().map(String.init))
            .joined(separator: "\n")
    }

    /// The column in which values begin.
    static var column: Int { 16 }

    func heading(_ text: ReviewTexts) -> String { coloured("== " + words(text), .bold) }

    func paragraph(_ text: String, indent: Int = 2) -> String { TextLayout.wrapped(text, indent: indent) }

    private var head: [String] {
        let blocking = manifest.findings.count(where: \.isBlocking)
        var titles: [String] = []
        for fix in manifest.fixes where !fix.title.isEmpty && !titles.contains(fix.title) { titles.append(fix.title) }
        var vulnerabilities: [String] = []
        for name in manifest.fixes.flatMap(\.vulnerabilities) where !vulnerabilities.contains(name) {
            vulnerabilities.append(name)
        }
        var lines = [coloured(words(blocking > 0 ? .refusedHeading : .heading), .bold)]
        lines += titles.map { paragraph($0, indent: 0) } + [""]
        if !vulnerabilities.isEmpty {
            lines.append(row(words(.vulnerabilities), vulnerabilities.joined(separator: ", ")))
        }
        let package = manifest.target.package.map { " (\($0))" } ?? ""
        lines.append(row(words(.target), manifest.target.name + package))
        lines.append(row(words(.buildID), manifest.target.buildID.description))
        lines.append(row(words(.level), String(manifest.level)))
        if let id = review.id { lines.append(row(words(.identity), id.description)) }
        return lines + ["", verdict(blocking)]
    }

    private func verdict(_ blocking: Int) -> String {
        let waived = manifest.findings.count { $0.waiver != nil }
        let notes = manifest.findings.count { $0.weight == .note }
        var parts = [words(blocking > 0 ? .blocked(blocking) : .clear)]
        if waived > 0 { parts.append(words(.waived(waived))) }
        if notes > 0 { parts.append(words(.notes(notes))) }
        if !review.functions.isEmpty { parts.append(words(.functionsReplaced(review.functions.count))) }
        return coloured(paragraph(parts.joined(separator: " · "), indent: 0), blocking > 0 ? .red : .green)
    }

    private var findings: [String] {
        let order: [(ReviewTexts, (Finding) -> Bool)] = [
            (.blocks, \.isBlocking), (.isWaived, { $0.waiver != nil }), (.note, { $0.weight == .note }),
        ]
        let texts = order.flatMap { label, isOfKind in
            manifest.findings.filter(isOfKind).map { text(of: $0, words(label)) }
        }
        return [heading(.findings), ""]
            + (texts.isEmpty ? [paragraph(words(.noFindings), indent: 0)] : [texts.joined(separator: "\n\n")])
    }

    private func text(of finding: Finding, _ label: String) -> String {
        let rule = finding.rule
        let about = finding.about + (finding.unit.map { " (\($0))" } ?? "")
        var lines = [paragraph("[\(label)] \(rule.rawValue): \(about)", indent: 0)]
        lines.append(paragraph(rule.title.text(in: language) + (language == .english ? "." : "。")))
        lines += finding.facts.map { paragraph("- " + $0, indent: 4) }
        lines.append(paragraph(rule.meaning.text(in: language)))
        lines.append(paragraph("\(words(.whatToDo)): \(rule.advice.text(in: language))"))
        if let waiver = finding.waiver {
            lines.append(paragraph("\(words(.waivedBy(waiver.name))): \(waiver.reason)"))
        }
        return lines.joined(separator: "\n")
    }

    private var back: [String] {
        let hooks = manifest.hooks.map { row(words(.hooks), "\($0.function) (\(words(.moment($0.moment))))") }
        let hazards = manifest.revertHazards.map { paragraph("- " + $0.text(in: language), indent: 0) }
        return [heading(.goingBack), ""] + (hazards.isEmpty ? [words(.noHazards)] : hazards) + hooks
    }

    private var evidence: [String] {
        let proofs = manifest.evidence.map {
            paragraph("\(words(.proof($0.kind))): \($0.subject): \($0.detail)", indent: 0)
        }
        let units = (review.document?.units ?? []).map {
            row(words(.units), "\($0.source): \(words($0.verdict == .changed ? .changed : .unchanged))")
        }
        let tools = [
            row(words(.builder), "\(manifest.builder.name) \(manifest.builder.version)"),
            row(words(.compiler), manifest.compiler),
        ]
        return [heading(.evidence), ""] + proofs + units + tools
    }

    private var fix: [String] {
        guard let text = review.document?.fix, !text.isEmpty else { return [] }
        return [heading(.theFix), ""]
            + text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
                // A fix is shown as it is written, whatever its width.
                let shown = TextLayout.harmless(String(line))
                return line.hasPrefix("+")
                    ? coloured(shown, .green) : line.hasPrefix("-") ? coloured(shown, .red) : shown
            }
    }
}

extension ReviewText {
    /// SGR parameters; ECMA-48, 8.3.117.
    enum Colour: String {
        case bold = "1"
        case red = "31"
        case green = "32"
    }

    func coloured(_ text: String, _ colour: Colour) -> String {
        isColoured ? "\u{1b}[\(colour.rawValue)m\(text)\u{1b}[0m" : text
    }
}
