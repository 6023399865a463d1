// SPDX-License-Identifier: Apache-2.0

import CommandLineOutput
import FoundationEssentials
import PatchBuilder

/// Build roots as `prepare --list` and `prepare --remove` show them.
struct RootList: Presentable {
    var roots: [CachedRoot]
    /// What was asked for: `list` or `remove`.
    var action: String

    var report: RootListReport {
        RootListReport(
            action: action,
            roots: roots.map {
                .init(
                    kind: $0.kind.rawValue, name: $0.name, size: $0.size, lastUse: $0.lastUse.formatted(.iso8601),
                    isComplete: $0.isComplete)
            })
    }

    func text(in language: Language) -> String {
        guard !roots.isEmpty else { return "no build roots" }
        let verb = action == "remove" ? "removed  " : ""
        return roots.map { root in
            let size = "\(ByteSize(count: root.size))"
            let padding = String(repeating: " ", count: max(0, 5 - size.count))
            let state = root.isComplete ? "" : "  (unfinished)"
            return TextLayout.harmless(
                "\(verb)\(padding)\(size)  \(root.lastUse.formatted(.iso8601))  \(root.name)\(state)")
        }.joined(separator: "\n")
    }
}

/// What `prepare --list --json` and `prepare --remove --json` print.
struct RootListReport: Encodable {
    struct Root: Encodable {
        /// `source` or `system`.
        var kind: String
        var name: String
        /// In bytes.
        var size: UInt64
        /// ISO 8601, in UTC.
        var lastUse: String
        var isComplete: Bool
    }

    /// The layout of this report.
    var schemaVersion = 1
    var action: String
    var roots: [Root]
}
