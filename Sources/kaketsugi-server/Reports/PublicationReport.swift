// SPDX-License-Identifier: Apache-2.0

import CommandLineOutput
import PatchCatalogue
import UpdateFramework

/// What a repository publishes, and until when it is good.
struct PublicationReport: Presentable {
    let expiries: ExpiryReport
    /// What was done just now.
    var heading: ServerText?

    /// The JSON of `publish`, `resign`, `revoke` and `keys status`.
    struct Report: Encodable {
        struct Role: Encodable {
            var role: String
            var version: Int64
            var expires: String
            var daysLeft: Int64
            var state: String
        }

        var schemaVersion = 1
        var state: String
        var roles: [Role]
    }

    var report: Report {
        Report(
            state: expiries.worst.word,
            roles: expiries.entries.map { entry in
                Report.Role(
                    role: entry.role.text, version: entry.version, expires: entry.expires.description,
                    daysLeft: entry.daysLeft, state: entry.state.word)
            })
    }

    func text(in language: Language) -> String {
        let rows = expiries.entries.map { entry in
            [
                entry.role.text, "v\(entry.version)", "\(entry.expires)",
                ServerText.daysLeft(entry.daysLeft).text(in: language),
                ServerText.state(entry.state.text).text(in: language),
            ]
        }
        let table = TextLayout.table(rows, limit: 30)
        return heading.map { $0.text(in: language) + "\n" + table } ?? table
    }
}

extension ExpiryReport.State {
    /// The state in one word, for programs.
    fileprivate var word: String {
        switch self {
        case .good: "good"
        case .soon: "soon"
        case .expired: "expired"
        }
    }

    fileprivate var text: ServerText.State {
        switch self {
        case .good: .good
        case .soon: .soon
        case .expired: .expired
        }
    }
}

extension ExpiryReport {
    /// A report on a publication of a repository of live patches.
    init(of publication: Publication, at now: UpdateTime) {
        self.init(publication, at: now, others: [.revocations: RevocationList.lifetime])
    }
}
