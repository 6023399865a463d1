// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CommandLineOutput
import LivePatch
import PatchBuilder

/// What became of the levels of a queue.
struct LevelReport {
    /// A fix, and the level that brings it.
    struct Fix: Encodable {
        var level: Int
        /// The file, as the series names it.
        var file: String
        var title: String?
        var vulnerabilities: [String]
        var origin: String?
        var author: String?
        /// Whether it changes any code or data of this build.
        var isAffected: Bool

        init(_ fix: PatchBuilder.Fix, level: Int, isAffected: Bool) {
            self.level = level
            file = fix.place?.file ?? ""
            title = fix.title
            vulnerabilities = fix.vulnerabilities
            origin = fix.origin
            author = fix.author
            self.isAffected = isAffected
        }
    }

    /// A level that was to be built.
    struct Level {
        var level: Int
        var outcome: PatchOutcome
    }

    var source: String
    var fixes: [Fix] = []
    var levels: [Level] = []

    /// Refused if a level is; not affected if nothing is to be patched at all.
    var exitCode: ExitCode {
        let codes = levels.map(\.outcome.exitCode)
        if codes.contains(.refused) { return .refused }
        return codes.contains(.success) ? .success : .notAffected
    }
}

extension LevelReport: Presentable {
    /// The JSON of `level`.
    struct Report: Encodable {
        struct Level: Encodable {
            var level: Int
            var patch: PatchOutcome.Report
        }

        var schemaVersion = 1
        var source: String
        /// The fixes up to the highest level that was to be built; a level has all fixes up to its number.
        var fixes: [Fix]
        var levels: [Level]
    }

    var report: Report {
        Report(
            source: source, fixes: fixes, levels: levels.map { .init(level: $0.level, patch: $0.outcome.report) })
    }

    func text(in language: Language) -> String {
        let fixes = fixes.map { fix in
            let names = fix.vulnerabilities.joined(separator: ", ")
            let title = [names, fix.title ?? ""].filter { !$0.isEmpty }.joined(separator: ": ")
            let by = [fix.author, fix.origin].compactMap { $0 }.joined(separator: "; ")
            let verdict = fix.isAffected ? "" : ": not affected in this build"
            let lines = ["level \(fix.level)  \(TextLayout.harmless(fix.file))\(verdict)"]
            return (lines + [title, by].filter { !$0.isEmpty }.map { TextLayout.wrapped($0, indent: 9) })
                .joined(separator: "\n")
        }
        let levels = levels.map { level in
            "\nlevel \(level.level)\n" + level.outcome.text(in: language)
        }
        return (fixes + levels).joined(separator: "\n")
    }
}
