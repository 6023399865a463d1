// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import PatchBuilder

@Suite struct `Applying a fix` {
    static let original = (1...20).map { "line \($0)\n" }.joined()

    static func apply(_ hunks: String, to text: String = original) throws -> String {
        let fix = try Fix(parsing: Array("--- a/x.c\n+++ b/x.c\n\(hunks)".utf8))
        let fixed = try fix.files[0].applied(to: Lines.split(Array(text.utf8)))
        return String(decoding: fixed.flatMap(\.text), as: UTF8.self)
    }

    static func mismatch(_ hunks: String, in text: String = original) -> HunkMismatch? {
        do {
            _ = try apply(hunks, to: text)
        } catch BuildError.hunkDoesNotApply(_, let mismatch) {
            return mismatch
        } catch {}
        return nil
    }

    @Test(arguments: [
        ("@@ -3,2 +3,2 @@\n line 3\n-line 4\n+LINE 4\n", "line 4\n", "LINE 4\n"),
        // Named elsewhere, and there only once.
        ("@@ -13,2 +13,2 @@\n line 3\n-line 4\n+LINE 4\n", "line 4\n", "LINE 4\n"),
        // Lines only added: after the line that is named.
        ("@@ -4,0 +5 @@\n+new\n", "line 4\n", "line 4\nnew\n"),
        ("@@ -0,0 +1 @@\n+new\n", "line 1\nline 2\n", "new\nline 1\nline 2\n"),
        ("@@ -20,0 +21 @@\n+new\n", "line 20\n", "line 20\nnew\n"),
        ("@@ -4 +3,0 @@\n-line 4\n", "line 4\n", ""),
        ("@@ -20 +20 @@\n-line 20\n+line 20\n\\ No newline at end of file\n", "line 20\n", "line 20"),
    ])
    func `a hunk takes and puts exactly its lines`(hunks: String, old: String, new: String) throws {
        #expect(try Self.apply(hunks) == Self.original.replacing(old, with: new))
    }

    @Test func `a later hunk is shifted with the one before it`() throws {
        // Both hunks are three lines too high, and ‘same’ occurs at both places that the second could mean.
        let text = "a\nb\nc\nd\nsame\ne\nf\ng\nh\nsame\n"
        let fixed = try Self.apply("@@ -1 +1 @@\n-d\n+D\n@@ -7 +7 @@\n-same\n+SAME\n", to: text)
        #expect(fixed == "a\nb\nc\nD\nsame\ne\nf\ng\nh\nSAME\n")
    }

    @Test func `a hunk that fits in several other places is refused with them`() {
        let text = "x\nsame\ny\nsame\n"
        #expect(Self.mismatch("@@ -1 +1 @@\n-same\n+new\n", in: text) == .ambiguous(lines: [2, 4]))
    }

    @Test func `a fix that is there already is recognised`() {
        #expect(Self.mismatch("@@ -3,2 +3,2 @@\n line 3\n-line four\n+line 4\n") == .alreadyApplied(line: 3))
    }

    @Test func `the nearest place is named with the first line that differs`() {
        let mismatch = Self.mismatch("@@ -7,3 +7,3 @@\n line 9\n-line ten\n+new\n line 11\n")
        #expect(
            mismatch
                == .nearest(line: 9, matching: 2, of: 3, differsAt: 10, expected: "line ten", found: "line 10"))
    }

    @Test func `a hunk past the end says so`() {
        #expect(
            Self.mismatch("@@ -20,2 +20,1 @@\n line 20\n-line 21\n")
                == .nearest(line: 20, matching: 1, of: 2, differsAt: 21, expected: "line 21", found: nil))
        #expect(Self.mismatch("@@ -90 +90 @@\n-other\n+new\n") == .nowhere)
        #expect(Self.mismatch("@@ -90,0 +91 @@\n+new\n") == .nowhere)
    }

    @Test func `hunks out of order are refused`() {
        #expect(Self.mismatch("@@ -9 +9 @@\n-line 9\n+9\n@@ -3 +3 @@\n-line 3\n+3\n") != nil)
    }

    @Test(arguments: [
        ("a/../x.c", "a/../x.c"), ("/etc/x.c", "/etc/x.c"), ("..", ".."),
    ])
    func `names that lead out of the tree are refused`(old: String, new: String) throws {
        let fix = try Fix(parsing: Array("--- \(old)\n+++ \(new)\n@@ -1 +1 @@\n-a\n+b\n".utf8))
        #expect(throws: BuildError.unsafePath(new, line: 1)) { try fix.applied(inTree: "/nonexistent") }
    }

    @Test(arguments: [("a/src/x.c", "b/src/x.c"), ("src/x.c", "src/x.c"), ("p-1/q/src/x.c.orig", "p-2/q/src/x.c")])
    func `leading folders are taken away until the file is found`(old: String, new: String) throws {
        let directory = try TemporaryDirectory()
        try directory.write("one\n", to: "src/x.c")
        let fix = try Fix(parsing: Array("--- \(old)\n+++ \(new)\n@@ -1 +1 @@\n-one\n+two\n".utf8))
        let touched = try fix.applied(inTree: directory.path)
        #expect(touched == [TouchedFile(path: "src/x.c", fixedText: Array("two\n".utf8))])
    }

    @Test(arguments: [
        ("x.asm", UnsupportedFile.assembler), ("x.c.in", .template), ("x.pl", .assembler),
    ])
    func `files that are not compiled or included are refused by name`(name: String, kind: UnsupportedFile) throws {
        let directory = try TemporaryDirectory()
        try directory.write("one\n", to: name)
        let fix = try Fix(parsing: Array("--- a/\(name)\n+++ b/\(name)\n@@ -1 +1 @@\n-one\n+two\n".utf8))
        #expect(throws: BuildError.unsupportedFile(name, kind)) { try fix.applied(inTree: directory.path) }
    }

    @Test func `a file that is not in the source is refused by name`() throws {
        let fix = try Fix(parsing: Array("--- a/x.c\n+++ b/x.c\n@@ -1 +1 @@\n-one\n+two\n".utf8))
        let directory = try TemporaryDirectory()
        #expect(throws: BuildError.fileNotInSource("b/x.c", line: 1)) { try fix.applied(inTree: directory.path) }
    }
}
