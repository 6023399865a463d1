// SPDX-License-Identifier: Apache-2.0

import CommandLineOutput
import UpdateFramework

/// A change to a repository: what it says, and whose signatures it has.
struct BundleReport: Presentable {
    let bundle: CeremonyBundle
    let now: UpdateTime
    /// What was done just now, above all.
    var heading: ServerText?

    /// The JSON of commands that work on a bundle.
    struct Report: Encodable {
        struct Role: Encodable {
            var role: String
            var version: Int64
            var previousVersion: Int64?
            var expires: String
            var digest: String
            var changes: [String]
        }

        struct Signatures: Encodable {
            struct Key: Encodable {
                var key: String
                var holder: String?
            }

            var role: String
            var ofPreviousRoot: Bool
            var threshold: Int
            var signed: [Key]
            var open: [Key]
        }

        var schemaVersion = 1
        var fingerprint: String
        var isComplete: Bool
        var roles: [Role]
        var signatures: [Signatures]
    }

    var report: Report {
        let names = names
        func keys(_ ids: [KeyID]) -> [Report.Signatures.Key] {
            ids.map { .init(key: $0.text, holder: names.holder(of: $0)) }
        }
        return Report(
            fingerprint: bundle.fingerprint, isComplete: bundle.isComplete,
            roles: bundle.statements.map { statement in
                Report.Role(
                    role: statement.role.text, version: statement.version,
                    previousVersion: statement.previousVersion, expires: statement.expires.description,
                    digest: statement.digest,
                    changes: statement.changes.flatMap { $0.lines(names) }.map { $0.text(in: .english) })
            },
            signatures: bundle.requirements.map { requirement in
                Report.Signatures(
                    role: requirement.role.text, ofPreviousRoot: requirement.isOfPreviousRoot,
                    threshold: requirement.threshold, signed: keys(requirement.signed), open: keys(requirement.open))
            })
    }

    func text(in language: Language) -> String {
        var lines: [String] = []
        func add(_ text: ServerText, _ indent: Int) {
            lines.append(TextLayout.wrapped(text.text(in: language), indent: indent))
        }
        if let heading { add(heading, 0) }
        let names = names
        for statement in bundle.statements {
            add(.version(role: statement.role.text, statement.version, after: statement.previousVersion), 0)
            add(.expires("\(statement.expires)", days: now.days(until: statement.expires)), 3)
            if statement.hasGap { add(.gap, 3) }
            if statement.changes.isEmpty { add(.noChange, 3) }
            for change in statement.changes {
                for (index, text) in change.lines(names).enumerated() { add(text, index == 0 ? 3 : 5) }
            }
            for requirement in bundle.requirements where requirement.role == statement.role {
                add(
                    .signatures(
                        requirement.signed.count, of: requirement.threshold,
                        previousRoot: requirement.isOfPreviousRoot), 3)
                for key in requirement.signed { add(.by(names[key]), 5) }
                if requirement.missing > 0 { add(.open(requirement.open.map { names[$0] }.joined(separator: ", ")), 5) }
            }
        }
        add(.fingerprint(bundle.fingerprint), 0)
        add(bundle.isComplete ? .complete : .incomplete, 0)
        return lines.joined(separator: "\n")
    }

    private var names: KeyNames { KeyNames(bundle.roots.map(\.payload) + [bundle.root?.payload]) }
}
