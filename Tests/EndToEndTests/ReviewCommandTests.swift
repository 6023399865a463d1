// SPDX-License-Identifier: Apache-2.0

import Foundation
import LivePatch
import TestSupport
import Testing

/// The review of a patch, as the author's tool shows it.
@Suite(.timeLimit(.minutes(10))) struct ReviewCommandTests {
    private static let original = """
        #include <stdio.h>
        static int calls;
        static inline int twice(int x) { return x * 2; }
        int f(int x) { calls++; printf("%d is <a> number\\n", x); return twice(x) + 1; }
        int g(int x) { return f(x) * 3; }
        """
    private static let fixed = original.replacing("calls++;", with: "if (x > 0) calls++;")

    private let project: PatchProject
    private let patch: String

    init() throws {
        project = try PatchProject(Self.original)
        patch = try project.patch(
            Self.fixed,
            options: ["--cve", "CVE-2026-12345", "--revert-hazard", "Count again.", "--title", "Counts <b>"])
    }

    @Test func `the text fits 80 columns and has no colours in a pipe`() throws {
        for language in ["en", "ja"] {
            let review = try Tools.author(["review", patch, "--language", language])
            #expect(review.status == 0, "\(review.errors)")
            #expect(!review.output.contains("\u{1b}"))
            // The fix is shown as its author wrote it.
            for line in review.output.split(separator: "\n") where !Self.original.contains(line.dropFirst()) {
                #expect(line.count <= 80 || Self.fixed.contains(line.dropFirst()), "\(line)")
            }
            for text in ["CVE-2026-12345", "calls", "Count again.", "libtarget.so", "@@ -"] {
                #expect(review.output.contains(text), "\(text): \(review.output)")
            }
        }
        let english = try Tools.author(["review", patch, "--language", "en"]).output
        #expect(english.contains("Referred to by") && english.contains("g (calls"), "\(english)")
    }

    @Test func `the report has the code of both sides`() throws {
        struct Report: Decodable {
            struct Function: Decodable {
                struct Part: Decodable {
                    struct Row: Decodable {
                        struct Line: Decodable { var text: String }
                        var change: String
                        var before: Line?
                        var after: Line?
                    }
                    var rows: [Row]
                }
                var name: String
                var callers: [ReviewDocument.Caller]
                var parts: [Part]
            }
            var schemaVersion: Int
            var functions: [Function]
            var fix: String
        }
        let output = try Tools.author(["review", patch, "--format", "json"]).output
        let report = try JSONDecoder().decode(Report.self, from: Data(output.utf8))
        #expect(report.schemaVersion == 1)
        let function = try #require(report.functions.first { $0.name == "f" })
        #expect(function.callers.contains { $0.symbol == "g" && $0.kind == .call })
        let rows = function.parts.flatMap(\.rows)
        for side in [rows.compactMap(\.before?.text), rows.compactMap(\.after?.text)] {
            #expect(side.contains { $0.contains("calls") }, "\(side)")
            #expect(side.contains { $0.contains("number") }, "\(side)")
        }
        #expect(report.fix.contains("+") && report.fix.hasPrefix("--- a/target.c\n+++ b/target.c\n@@ -"))
    }

    @Test func `the page is written to a file, with foreign text escaped`() throws {
        let page = project.directory.path("review.html")
        let review = try Tools.author(["review", patch, "--format", "html", "--output", page])
        #expect(review.status == 0, "\(review.errors)")
        let text = String(decoding: try project.directory.read("review.html"), as: UTF8.self)
        #expect(text.contains("Counts &lt;b&gt;") && !text.contains("<b>Counts") && !text.contains("Counts <b>"))
        #expect(text.contains("is &lt;a&gt; number"))
    }

    @Test func `a fix that is blocked has a page, too`() throws {
        let page = project.directory.path("blocked.html")
        let fixed = Self.fixed.replacing("static int calls;", with: "static int calls = 1;")
        let build = try project.build(fixed, to: "blocked.mend", options: ["--review", page])
        #expect(build.status == 3, "\(build.errors)")
        let text = String(decoding: try project.directory.read("blocked.html"), as: UTF8.self)
        #expect(text.contains("changed-variable") && text.contains("blocks this patch"))
        #expect(!FileManager.default.fileExists(atPath: project.directory.path("blocked.mend")))
    }

    @Test func `the review is no part of what a process gets`() throws {
        let headers = try Command("readelf", ["-SW", patch]).output
        let line = headers.split(separator: "\n").first { $0.contains(".kaketsugi.review") }
        #expect(line?.split(separator: " ").contains("A") == false, "\(headers)")
    }

    @Test func `a file that is no patch is refused with its name`() throws {
        let file = try project.directory.write("no patch at all", to: "text.mend")
        let review = try Tools.author(["review", file])
        #expect(review.status == 3)
        #expect(review.errors.contains("text.mend"))
        #expect(try Tools.author(["review", patch, "--format", "pdf"]).status == 64)
    }
}
