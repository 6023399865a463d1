// SPDX-License-Identifier: Apache-2.0

import Foundation
import FoundationXML
import LivePatch
import Testing

@testable import PatchReview

/// What a review shows of a patch.
@Suite struct PatchReviewTests {
    private func review(_ artefact: Artefact) throws -> PatchReview {
        try PatchReview(of: artefact, id: ArtefactID(of: [1]), fileSize: 1)
    }

    @Test func `old and new code stand side by side, with names in place of addresses`() throws {
        let function = try #require(try review(SamplePatch.artefact()).functions.first)
        let rows = function.parts[0].rows
        #expect(rows.map(\.change) == [.same, .same, .replaced, .added, .added, .same])
        #expect(
            rows.compactMap(\.old?.text) == [
                "lea rdi, [\"hello\"]", "call puts", "mov eax, dword ptr [counter]", "ret",
            ])
        #expect(
            rows.compactMap(\.new?.text) == [
                "lea rdi, [\"hello\"]", "call puts", "test eax, eax", "je → 16", "inc dword ptr [counter]", "ret",
            ])
    }

    @Test func `data that a function touches say how`() throws {
        let function = try #require(try review(SamplePatch.artefact()).functions.first)
        #expect(function.data == [.init(name: "counter", old: .reads, new: .readsAndWrites)])
        #expect(function.callers?.map(\.kind) == [.call, .pointer])
        #expect(function.inlinedInto == ["sibling"])
    }

    @Test func `a patch without a review document is shown without names`() throws {
        var artefact = try SamplePatch.artefact()
        artefact.review = []
        let function = try #require(try review(artefact).functions.first)
        #expect(function.parts[0].rows.contains { $0.old?.text == "lea rdi, [rip + 0xff9]" })
        #expect(function.callers == nil)
    }

    @Test func `a review that is no document is refused`() throws {
        var artefact = try SamplePatch.artefact()
        artefact.review = Array(#"{"schemaVersion":1}"#.utf8)
        #expect(throws: PatchReview.Failure.self) { try review(artefact) }
        artefact.review = Array(#"{"schemaVersion":77}"#.utf8)
        #expect(throws: PatchReview.Failure.document(.unsupportedVersion(found: 77))) { try review(artefact) }
    }

    @Test func `instructions far from a change are folded, and none is lost`() throws {
        let line = CodeLine(offset: 0, bytes: "", mnemonic: "nop", operands: "", comparedOperands: "")
        let same = [CodeRow](repeating: CodeRow(old: line, new: line, change: .same), count: 10)
        let rows = same + [CodeRow(old: line, new: nil, change: .removed)] + same
        let runs = rows.folded(context: 3)
        #expect(runs.map(\.rows.count) == [7, 7, 7])
        #expect(runs.map(\.isFolded) == [true, false, true])
        #expect(same.folded(context: 3).map(\.isFolded) == [true])
    }

    @Test(arguments: ReviewLanguage.allCases)
    func `the page is well formed, and has what was found`(language: ReviewLanguage) throws {
        let page = ReviewPage(try review(SamplePatch.artefact()), in: language).text
        #expect(XMLParser(data: Data(page.utf8)).parse())
        for text in ["CVE-2026-12345", "changed-variable", "A. Person", "it may stay", "old &lt;line&gt;", "abcd"] {
            #expect(page.contains(text), "\(text)")
        }
        #expect(page.contains(language == .japanese ? "先に接続を閉じてください。" : "Close the connections first."))
        #expect(!page.contains("<script"))
    }

    @Test func `foreign text cannot become markup, nor steer the page`() throws {
        let hostile = "</code><script>alert(1)</script>&\"'\u{202e}\u{1b}[31m\n"
        let finding = Finding(
            rule: .changedExport, weight: .blocking, unit: hostile, symbols: [hostile], facts: [hostile],
            waiver: .init(name: hostile, reason: hostile))
        let artefact = try SamplePatch.artefact(function: hostile, text: hostile, title: hostile, findings: [finding])
        let page = ReviewPage(try review(artefact), in: .english).text
        #expect(!page.contains("<script"))
        #expect(!page.unicodeScalars.contains { $0 == "\u{202e}" || $0 == "\u{1b}" })
        #expect(XMLParser(data: Data(page.utf8)).parse())
        #expect(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;&amp;&quot;&#39;"))
    }

    @Test func `a fix that is blocked is shown before it has code`() throws {
        var artefact = try SamplePatch.artefact(findings: [
            .init(rule: .changedLayout, weight: .blocking, symbols: ["struct s"], facts: ["size: 8 → 16 bytes"])
        ])
        artefact.manifest.functions = []
        let page = ReviewPage(try PatchReview(of: artefact, id: nil, fileSize: nil), in: .english).text
        #expect(page.contains("1 finding blocks this patch"))
        #expect(page.contains("struct s"))
    }

    @Test func `the report has a schema, and the same bytes for the same patch`() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let review = try review(SamplePatch.artefact())
        let text = try encoder.encode(ReviewReport(review))
        #expect(try encoder.encode(ReviewReport(review)) == text)
        let object = try #require(try JSONSerialization.jsonObject(with: text) as? [String: Any])
        #expect(object["schemaVersion"] as? Int == 1)
        #expect(
            Set(object.keys) == [
                "schemaVersion", "id", "fileSize", "manifest", "functions", "added", "units", "fix",
            ])
        let function = try #require((object["functions"] as? [[String: Any]])?.first)
        #expect(
            Set(function.keys) == [
                "name", "unit", "address", "oldSize", "newSize", "callers", "inlinedInto", "data", "parts",
            ])
    }

    @Test func `every text of a rule and of the page is in both languages`() {
        for rule in Finding.Rule.allCases {
            for text in [rule.title, rule.meaning, rule.advice] {
                #expect(!text.english.isEmpty)
                #expect(text.japanese?.isEmpty == false)
                #expect(text.japanese != text.english)
            }
        }
    }
}
