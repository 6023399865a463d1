// SPDX-License-Identifier: Apache-2.0

import CommandLineOutput
import LivePatch
import PatchBuilder

/// The refusal of a patch by the safety review: what was found, what it means, and what to do.
struct BlockedText {
    /// The findings that block.
    var findings: [Finding]
    var language: Language

    /// The refusal, in lines of at most 80 columns.
    var text: String {
        ([paragraph(heading, indent: 0)] + findings.map(section)).joined(separator: "\n\n")
    }

    private var heading: String {
        switch language {
        case .english:
            "kaketsugi-build: no patch was made: the safety review has "
                + (findings.count == 1 ? "a finding that blocks it." : "\(findings.count) findings that block it.")
        case .japanese: "kaketsugi-build: パッチは作成していません。安全審査で未解決の指摘が \(findings.count) 件あります。"
        }
    }

    private func section(_ finding: Finding) -> String {
        let subject = finding.symbols.isEmpty ? "" : ": " + finding.about
        let unit = finding.unit.map { " (\($0))" } ?? ""
        let rule = finding.rule
        let head = [
            paragraph(rule.rawValue + subject + unit, indent: 0), paragraph(rule.title.text(in: language) + stop),
        ]
        let facts = finding.facts.map { paragraph("- " + $0, indent: 4) }
        let words = [paragraph(rule.meaning.text(in: language)), paragraph(toDo + rule.advice.text(in: language))]
        return (head + facts + words + waiver(of: finding)).joined(separator: "\n")
    }

    private func waiver(of finding: Finding) -> [String] {
        guard finding.rule.canBeWaived else {
            return [paragraph(language == .english ? "It cannot be waived." : "この指摘は許可できません。")]
        }
        let invitation = language == .english ? "If it is no obstacle here, say why:" : "ここで問題にならない場合は、理由を添えてください:"
        let name = Waiver.name(of: finding).replacing("'", with: "'\\''")
        // Not wrapped: it is there to be copied.
        return [
            paragraph(invitation),
            TextLayout.harmless("    --waive '\(name)=\(language == .english ? "REASON" : "理由")'"),
        ]
    }

    private var toDo: String { language == .english ? "What to do: " : "対処: " }
    private var stop: String { language == .english ? "." : "。" }

    private func paragraph(_ text: String, indent: Int = 2) -> String { TextLayout.wrapped(text, indent: indent) }
}

extension LocalizedText {
    /// The text in a language, English where it lacks that.
    func text(in language: Language) -> String {
        switch language {
        case .english: english
        case .japanese: japanese ?? english
        }
    }
}
