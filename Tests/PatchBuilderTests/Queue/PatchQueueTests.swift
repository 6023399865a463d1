// SPDX-License-Identifier: Apache-2.0

import LivePatch
import TestSupport
import Testing

@testable import PatchBuilder

@Suite struct `A queue of fixes` {
    let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        try directory.write((1...20).map { "int line\($0);\n" }.joined(), to: "tree/x.c")
        try directory.write("int other;\n", to: "tree/lib/y.c")
    }

    /// Writes fixes, and the series file that lists them in the order of their names.
    func queue(_ fixes: [String: String]) throws -> PatchQueue {
        for (name, text) in fixes { try directory.write(text, to: "queue/\(name)") }
        try directory.write(fixes.keys.sorted().joined(separator: "\n"), to: "queue/series")
        return try PatchQueue(in: directory.path("queue"))
    }

    func texts(_ fix: Fix) throws -> [String: String] {
        let touched = try fix.applied(inTree: directory.path("tree"))
        return Dictionary(
            uniqueKeysWithValues: touched.map { ($0.path, String(decoding: $0.fixedText, as: UTF8.self)) })
    }

    static let first = """
        Description: adds two lines
         that are explained here, for CVE-2026-10001.
        Origin: upstream, https://example.org/1,
         and more
        Author: A. Uthor <a@example.org>
        Revert-Hazard: close the old
         sessions first
        Revert-Hazard-Ja: 先に閉じてください
        --- a/x.c
        +++ b/x.c
        @@ -2,3 +2,5 @@
         int line2;
        +int added1;
        +int added2;
         int line3;
         int line4;

        """
    /// In the numbers that the file has after the first.
    static let second = """
        From: B
        Subject: [PATCH] changes an added
         line, and others
        Revert-Hazard: nothing
        --- x.c
        +++ x.c
        @@ -3,2 +3,2 @@
        -int added1;
        +int changed1;
         int added2;
        @@ -12,3 +12,2 @@
         int line10;
        -int line11;
         int line12;
        --- lib/y.c
        +++ lib/y.c
        @@ -1 +1 @@
        -int other;
        +int another;

        """

    @Test func `a level has the fixes below it, and the line numbers of the shipped text`() throws {
        let queue = try queue(["1.patch": Self.first, "2.patch": Self.second])
        #expect(queue.levels == 1...2)
        let one = try texts(queue.fix(ofLevel: 1))
        #expect(one["x.c"]?.contains("int added2;\n#line 3\nint line3;\n") == true)
        #expect(one["lib/y.c"] == nil)
        let two = try texts(queue.fix(ofLevel: 2))
        #expect(
            two["x.c"]
                == "int line1;\nint line2;\nint changed1;\nint added2;\n#line 3\n"
                + (3...10).map { "int line\($0);\n" }.joined() + "#line 12\n"
                + (12...20).map { "int line\($0);\n" }.joined())
        #expect(two["lib/y.c"] == "int another;\n")
    }

    @Test func `what a fix says of itself is taken up`() throws {
        let queue = try queue(["1.patch": Self.first, "2.patch": Self.second])
        let (one, two) = (queue.fixes[0], queue.fixes[1])
        #expect(one.title == "adds two lines")
        #expect(one.vulnerabilities == ["CVE-2026-10001"])
        #expect(one.origin == "upstream, https://example.org/1, and more")
        #expect(one.author == "A. Uthor <a@example.org>")
        #expect(one.revertHazards == [LocalizedText(english: "close the old sessions first", japanese: "先に閉じてください")])
        #expect(two.title == "changes an added line, and others")
        #expect(two.author == "B")
        #expect(two.revertHazards == [LocalizedText(english: "nothing")])
        let built = BuiltFix(units: [], targets: [], fix: queue.fix(ofLevel: 2), compiler: "")
        let manifest = built.manifestFixes(level: 2)
        #expect(manifest.map(\.level) == [1, 2, 2])
        #expect(manifest.map(\.source) == ["b/x.c", "x.c", "lib/y.c"])
        #expect(manifest.map(\.vulnerabilities) == [["CVE-2026-10001"], [], []])
        #expect(built.revertHazards.count == 2)
    }

    @Test func `a hunk that does not apply is named with its fix and the line of the series`() throws {
        let late = Self.second.replacing("-int added1;", with: "-int added9;")
        let queue = try queue(["1.patch": Self.first, "2.patch": late])
        #expect(try !texts(queue.fix(ofLevel: 1)).isEmpty)
        let error = #expect(throws: BuildError.self) { try texts(queue.fix(ofLevel: 2)) }
        let words = error?.description ?? ""
        #expect(
            words.contains("queue/series, line 2, 2.patch: fix, line 7: hunk 1 does not apply to ‘x.c’"), "\(words)")
    }

    @Test func `a fix that cannot be read, or is not there, is named`() throws {
        let error = #expect(throws: BuildError.self) { try queue(["1.patch": Self.first, "2.patch": "no change\n"]) }
        #expect(error?.description.contains("series, line 2, 2.patch: fix, line 1: no change found") == true)
        try directory.write("gone.patch\n", to: "queue/series")
        let missing = #expect(throws: BuildError.self) { try PatchQueue(in: directory.path("queue")) }
        #expect(missing?.description.contains("series, line 1, gone.patch: cannot read") == true)
        let none = #expect(throws: BuildError.self) { try PatchQueue(in: directory.path("tree")) }
        #expect(none?.description.contains("has no file named series") == true)
    }
}
