// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PatchBuilder

@Suite struct `Reading a fix` {
    static func parse(_ text: String) throws -> Fix { try Fix(parsing: Array(text.utf8)) }

    static let plain = "--- a/x.c\t2026-01-01\n+++ b/x.c\t2026-01-02\n@@ -1,2 +1,3 @@ main\n one\n+two\n three\n"

    @Test func `a plain diff gives names without time stamps, and marked lines`() throws {
        let fix = try Self.parse(Self.plain)
        let file = try #require(fix.files.first)
        #expect(fix.files.count == 1)
        #expect((file.oldName, file.newName) == ("a/x.c", "b/x.c"))
        #expect(file.hunks[0].lines.map(\.mark) == [.kept, .added, .kept])
        #expect(file.hunks[0].fixLine == 3)
    }

    @Test func `title and vulnerabilities come from the words around the changes`() throws {
        let fix = try Self.parse(
            "From: someone\nSubject: [PATCH 1/2] [stable] Bound the size\n\nFixes CVE-2026-12345, cve-2026-99999;\n"
                + "not CVE-12-1. (CVE-2026-12345)\n---\n x.c | 1 +\n\n" + Self.plain + "-- \n2.39.5\n")
        #expect(fix.title == "Bound the size")
        #expect(fix.vulnerabilities == ["CVE-2026-12345", "CVE-2026-99999"])
    }

    @Test func `a vulnerability named in changed code is not the fix's`() throws {
        let text = Self.plain.replacing("+two", with: "+/* CVE-2026-11111 */")
        #expect(try Self.parse(text).vulnerabilities.isEmpty)
    }

    @Test(arguments: [
        (
            "diff --git a/n.c b/n.c\nnew file mode 100644\n--- /dev/null\n+++ b/n.c\n@@ -0,0 +1 @@\n+x\n",
            FileChange.Kind.created
        ),
        ("--- /dev/null\n+++ b/n.c\n@@ -0,0 +1 @@\n+x\n", .created),
        ("--- a/n.c\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n", .deleted),
        ("diff --git a/n.c b/n.c\ndeleted file mode 100644\nindex 1..0\n", .deleted),
        ("diff --git a/o.c b/n.c\nsimilarity index 100%\nrename from o.c\nrename to n.c\n", .renamed),
        ("diff --git a/n.bin b/n.bin\nindex 1..2 100644\nGIT binary patch\nliteral 3\nabc\n", .binary),
        ("Binary files a/n.bin and b/n.bin differ\n", .binary),
        (
            "diff --git a/n.c b/n.c\nold mode 100644\nnew mode 100755\n--- a/n.c\n+++ b/n.c\n@@ -1 +1 @@\n-x\n+y\n",
            .modified
        ),
    ])
    func `the kind of a change is known`(text: String, kind: FileChange.Kind) throws {
        #expect(try Self.parse(text).files.map(\.kind) == [kind])
    }

    @Test func `a missing line end is kept missing`() throws {
        let fix = try Self.parse(
            "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-one\n\\ No newline at end of file\n+two\n\\ No newline at end of file\n")
        #expect(fix.files[0].hunks[0].lines.map(\.text) == [Array("one".utf8), Array("two".utf8)])
    }

    @Test func `a fix that went through a system with carriage returns is read without them`() throws {
        let sent = Self.plain.replacing("\n", with: "\r\n")
        #expect(try Self.parse(sent).files[0].hunks == Self.parse(Self.plain).files[0].hunks)
    }

    @Test func `the carriage returns of a source are kept`() throws {
        let fix = try Self.parse("--- a/x\n+++ b/x\n@@ -1 +1 @@\n-one\r\n+two\r\n")
        #expect(fix.files[0].hunks[0].lines.map(\.text) == [Array("one\r\n".utf8), Array("two\r\n".utf8)])
    }

    @Test func `an empty line of context may have lost its blank`() throws {
        let fix = try Self.parse("--- a/x\n+++ b/x\n@@ -1,2 +1,3 @@\n one\n\n+two\n")
        #expect(fix.files[0].hunks[0].lines.map(\.mark) == [.kept, .kept, .added])
    }

    @Test(arguments: [
        ("\"a/caf\\303\\251.c\"", "a/café.c"), ("\"a/q\\\"\\t\\\\.c\"", "a/q\"\t\\.c"),
        ("a/with blank.c", "a/with blank.c"),
    ])
    func `quoted names are read as git writes them`(written: String, name: String) throws {
        let fix = try Self.parse("--- \(written)\n+++ \(written)\n@@ -1 +1 @@\n-a\n+b\n")
        #expect(fix.files[0].newName == name)
    }

    @Test(arguments: [
        ("", 1, FixProblem.noHunks),
        ("only words\n", 1, .noHunks),
        ("*** a/x\n--- b/x\n***************\n*** 1 ****\n", 1, .contextFormat),
        ("--- a/x\n@@ -1 +1 @@\n-a\n+b\n", 2, .missingNewName),
        ("--- a/x\n+++ b/x\nwords\n", 3, .malformedHunkHeader),
        ("--- a/x\n+++ b/x\n@@ -1,x +1 @@\n", 3, .malformedHunkHeader),
        ("--- a/x\n+++ b/x\n@@ -1 +1 @\n", 3, .malformedHunkHeader),
        ("--- a/x\n+++ b/x\n@@ -99999999999999999999 +1 @@\n", 3, .numberTooLarge),
        ("--- a/x\n+++ b/x\n@@ -1,999999999 +1 @@\n", 3, .numberTooLarge),
        ("@@ -1 +1 @@\n-a\n+b\n", 1, .hunkWithoutFile),
        ("--- a/x\n+++ b/x\n@@ -1,3 +1,2 @@\n a\n", 5, .truncatedHunk(missingOld: 2, missingNew: 1)),
        ("--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n+c\n", 6, .strayLineAfterHunk),
        ("--- a/x\n+++ b/x\n@@ -1 +1,2 @@\n-a\n-b\n+c\n", 5, .strayLineAfterHunk),
        ("--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n-a\n*b\n", 5, .unexpectedHunkLine),
        ("--- \"a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n", 1, .malformedName),
        ("--- \"a/\\9x\"\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n", 1, .malformedName),
        ("--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n--- a/x\n+++ b/x\n@@ -9 +9 @@\n-a\n+b\n", 6, .fileNamedTwice("b/x")),
    ])
    func `what cannot be read is refused with its line`(text: String, line: Int, problem: FixProblem) {
        #expect(throws: BuildError.malformedFix(line: line, problem)) { try Self.parse(text) }
    }

    @Test func `every cut of a fix is read or refused`() throws {
        let bytes = Array(("diff --git a/x.c b/x.c\nindex 1..2\n" + Self.plain + "\\ No newline at end of file\n").utf8)
        for count in bytes.indices {
            do { _ = try Fix(parsing: Array(bytes[..<count])) } catch { #expect(!"\(error)".isEmpty) }
        }
    }

    @Test func `the hash of a hunk does not depend on where it stands`() throws {
        let moved = Self.plain.replacing("@@ -1,2 +1,3 @@ main", with: "@@ -7,2 +9,3 @@")
        let other = Self.plain.replacing("+two", with: "+2")
        let hash = try Self.parse(Self.plain).files[0].hunks[0].hash
        #expect(hash.count == 64)
        #expect(try Self.parse(moved).files[0].hunks[0].hash == hash)
        #expect(try Self.parse(other).files[0].hunks[0].hash != hash)
    }
}
