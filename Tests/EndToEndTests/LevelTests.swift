// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// Queues of fixes, and the levels that the author's tool makes of them.
@Suite(.timeLimit(.minutes(10))) struct LevelTests {
    static let original = """
        #ifdef NEVER
        int never(void) { return 1; }
        #endif
        int g;
        int f(int x) {
            g = __LINE__;
            return x * 3 + 100;
        }
        int h(void) { return __LINE__; }

        """

    /// Level 1 changes `f`, level 2 nothing in this build, level 3 `f` once more.
    static let fixes = [
        "bound.patch": """
        Description: bound x (CVE-2026-20001)
        Origin: upstream
        Author: One
        Revert-Hazard: think first
        --- a/target.c
        +++ b/target.c
        @@ -4,4 +4,6 @@
         int g;
         int f(int x) {
        +    if (x > 10)
        +        x = 10;
             g = __LINE__;
             return x * 3 + 100;

        """,
        "never.patch": """
        Subject: never matters, CVE-2026-20002
        --- a/target.c
        +++ b/target.c
        @@ -1,3 +1,3 @@
         #ifdef NEVER
        -int never(void) { return 1; }
        +int never(void) { return 2; }
         #endif

        """,
        "lower.patch": """
        Subject: bound it lower
        --- a/target.c
        +++ b/target.c
        @@ -5,4 +5,4 @@
         int f(int x) {
        -    if (x > 10)
        -        x = 10;
        +    if (x > 5)
        +        x = 5;
             g = __LINE__;

        """,
    ]

    static func writeQueue(to directory: TemporaryDirectory) throws -> String {
        for (name, text) in fixes { try directory.write(text, to: "queue/\(name)") }
        try directory.write("bound.patch\nnever.patch -p1 # of no use here\nlower.patch\n", to: "queue/series")
        try directory.write("", to: "out/.keep")
        return directory.path("queue")
    }

    /// What `level --json` prints.
    struct Report: Decodable {
        struct Fix: Decodable {
            var level: Int
            var file: String
            var vulnerabilities: [String]
            var isAffected: Bool
        }
        struct Level: Decodable {
            struct Patch: Decodable {
                struct File: Decodable {
                    var file: String
                }
                var verdict: String
                var patches: [File]?
            }
            var level: Int
            var patch: Patch
        }
        var schemaVersion: Int
        var fixes: [Fix]
        var levels: [Level]
    }

    @Test func `each level has the fixes up to it, and tells them`() throws {
        let project = try PatchProject(Self.original)
        let queue = try Self.writeQueue(to: project.directory)
        let out = project.directory.path("out")
        let build = try project.author("level", [queue, "--output", out, "--json"])
        try #require(build.status == 0, "\(build.errors)\(build.output)")
        let report = try JSONDecoder().decode(Report.self, from: Data(build.output.utf8))
        #expect(report.schemaVersion == 1)
        #expect(report.fixes.map(\.file) == ["bound.patch", "never.patch", "lower.patch"])
        #expect(report.fixes.map(\.vulnerabilities) == [["CVE-2026-20001"], ["CVE-2026-20002"], []])
        #expect(report.fixes.map(\.isAffected) == [true, false, true])
        #expect(report.levels.map(\.patch.verdict) == ["built", "built", "built"])
        #expect(report.levels.map { $0.patch.patches?.map(\.file) } == (1...3).map { ["\(out)/libtarget-\($0).mend"] })

        let target = try project.start()
        #expect(try target.call(20) == 160)
        for (level, answer) in [(1, 130), (2, 130), (3, 115)] {
            let patch = "\(out)/libtarget-\(level).mend"
            let inspect = try Tools.author(["inspect", patch])
            #expect(inspect.output.contains("level     \(level)"))
            #expect(inspect.output.contains("CVE-2026-20001"))
            #expect(inspect.output.contains("CVE-2026-20002") == (level >= 2))
            #expect(inspect.output.contains("think first"))
            #expect(!inspect.output.contains(" h  ("), "only its line number could differ")
            let apply = try Tools.host("apply", patch, "--pid", target.pid)
            #expect(apply.status == 0, "\(apply.errors)\(apply.output)")
            #expect(try target.call(20) == answer)
            let revert = try Tools.host("revert", patch, "--pid", target.pid, "--yes")
            #expect(revert.status == 0, "\(revert.errors)\(revert.output)")
        }
    }

    @Test func `the same queue gives the same bytes, in whatever folder and cache`() throws {
        let project = try PatchProject(Self.original)
        let queue = try Self.writeQueue(to: project.directory)
        let other = try TemporaryDirectory()
        let copy = try Self.writeQueue(to: other)
        for (queue, folder, cache) in [(queue, project.directory, "cache"), (copy, other, "cache-2")] {
            let build = try project.author("level", [queue, "--output", folder.path("out")], cache: cache)
            #expect(build.status == 0, "\(build.errors)")
        }
        for level in 1...3 {
            let same = try Command(
                "cmp",
                [project.directory.path("out/libtarget-\(level).mend"), other.path("out/libtarget-\(level).mend")])
            #expect(same.status == 0, "level \(level): \(same.output)")
        }
    }

    @Test func `one level is built alone, and one that is not there is refused`() throws {
        let project = try PatchProject(Self.original)
        let queue = try Self.writeQueue(to: project.directory)
        let out = project.directory.path("out")
        let build = try project.author("level", [queue, "--output", out, "--level", "2", "--name", "fix"])
        #expect(build.status == 0, "\(build.errors)")
        #expect(build.output.contains("level 2  never.patch: not affected in this build"), "\(build.output)")
        #expect(FileManager.default.fileExists(atPath: out + "/fix-2.mend"))
        #expect(!FileManager.default.fileExists(atPath: out + "/fix-1.mend"))
        let beyond = try project.author("level", [queue, "--output", out, "--level", "4"])
        #expect(beyond.status == 3)
        #expect(beyond.errors.contains("the queue has no level 4; its series has 3 fixes"))
    }

    @Test func `a level without a change to this build has no patch, and a fix that fails is named`() throws {
        let project = try PatchProject(Self.original)
        let queue = try Self.writeQueue(to: project.directory)
        let out = project.directory.path("out")
        try project.directory.write("never.patch\n", to: "queue/series")
        let unaffected = try project.author("level", [queue, "--output", out])
        #expect(unaffected.status == 5, "\(unaffected.output)\(unaffected.errors)")
        try project.directory.write("never.patch\n\nlower.patch\n", to: "queue/series")
        let failed = try project.author("level", [queue, "--output", out])
        #expect(failed.status == 3)
        #expect(failed.errors.contains("series, line 3, lower.patch: fix, line 4: hunk 1 does not apply"))
    }
}
