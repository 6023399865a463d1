// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// The worked examples of the patch author's guide, as they are written there.
@Suite(.timeLimit(.minutes(10))) struct ExampleTests {
    /// A folder of `docs/examples`, and what `f` answers.
    struct Example: CustomTestStringConvertible, Sendable {
        var testDescription: String
        /// Arguments and answers, one after the other.
        var before: [(Int, Int)]
        var under: [(Int, Int)]
        var after: [(Int, Int)]
        var hooks: [String]
    }

    static let examples = [
        Example(
            testDescription: "changed-table", before: [(3, 1028)], under: [(3, 132), (1, 68)], after: [(3, 1028)],
            hooks: []),
        Example(
            testDescription: "changed-table-in-place", before: [(3, 80), (-1, 15)], under: [(3, 51), (-1, 11)],
            after: [(3, 80), (-1, 15)], hooks: ["before-apply: correct", "after-revert: restore"]),
        Example(
            testDescription: "new-field", before: [(1, 11)],
            under: [(1, 21), (1, 31), (1, 41), (1, 40), (2, 11), (9, 2), (1, 11)], after: [(1, 21)], hooks: []),
        Example(
            testDescription: "changed-initialisation", before: [(5000, 1)], under: [(5000, 0), (4096, 1)],
            after: [(5000, 0)], hooks: ["after-apply: repair"]),
        Example(
            testDescription: "new-state", before: [(0, 3)], under: [(0, 3), (1, 0), (1, -1), (0, 6)],
            after: [(0, 6), (1, 0)], hooks: ["before-apply: begin_to_count", "after-revert: stop_counting"]),
    ]

    static func text(_ path: String) throws -> String {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return try String(contentsOf: root.appending(path: "docs/examples/\(path)"), encoding: .utf8)
    }

    @Test(arguments: examples)
    func `an example is built, applied, and reverted`(example: Example) throws {
        let project = try PatchProject(try Self.text("\(example.testDescription)/target.c"))
        let build = try project.build(fix: try Self.text("\(example.testDescription)/fix.patch"))
        try #require(build.status == 0, "\(build.errors)")
        let patch = project.directory.path("fix.mend")
        let inspect = try Tools.author(["inspect", patch])
        for hook in example.hooks { #expect(inspect.output.contains(hook), "\(inspect.output)") }
        let target = try project.start()
        for _ in 0..<2 {
            for (argument, answer) in example.before { #expect(try target.call(argument) == answer) }
            let apply = try Tools.host("apply", patch, "--pid", target.pid)
            #expect(apply.status == 0, "\(apply.errors)\(apply.output)")
            for (argument, answer) in example.under { #expect(try target.call(argument) == answer, "f(\(argument))") }
            let revert = try Tools.host("revert", patch, "--pid", target.pid)
            #expect(revert.status == 0, "\(revert.errors)\(revert.output)")
            for (argument, answer) in example.after { #expect(try target.call(argument) == answer, "f(\(argument))") }
            // The state that these two leave is what they are about.
            if ["new-field", "changed-initialisation", "new-state"].contains(example.testDescription) { break }
        }
    }

    @Test func `the guide shows the examples as they are`() throws {
        let guide = try Self.text("../hooks-and-side-tables.md")
        let lines = guide.split(separator: "\n", omittingEmptySubsequences: false)
        for example in Self.examples {
            let name = example.testDescription
            let mark = try #require(lines.firstIndex { $0 == "<!-- examples/\(name) -->" }, "\(name)")
            try #require(lines[mark + 1] == "```c")
            let shown = lines[(mark + 2)...].prefix { $0 != "```" }.joined(separator: "\n")
            // The text that the fix makes.
            let fixed = try Self.text("\(name)/fix.patch").split(separator: "\n", omittingEmptySubsequences: false)
                .filter { $0.hasPrefix("+") || $0.hasPrefix(" ") }.map { $0.dropFirst() }.joined(separator: "\n")
            let isAsWritten = shown.count > 100 && fixed.contains(shown)
            #expect(isAsWritten, "\(name) in the guide differs from its fix")
        }
    }
}
