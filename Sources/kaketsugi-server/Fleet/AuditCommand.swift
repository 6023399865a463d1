// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CommandLineOutput
import ServiceStore

/// `kaketsugi-server audit`: who did what.
struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Show who did what, and check that nobody changed the log.",
        subcommands: [ListAudit.self, VerifyAudit.self])
}

/// `audit list`.
struct ListAudit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Show the log, the newest first.")

    @Option(help: "Only what was done to a host, a rollout, a contract, a key or a user.")
    var subject: String?

    @Option(help: "How many to leave out.")
    var offset = 0

    @Option(help: "How many to show, at most 1000.")
    var limit = 50

    @OptionGroup var service: ServiceOptions

    mutating func run() async throws {
        let (subject, page) = (subject, Page(offset: offset, limit: limit))
        try await service.show { records in
            ListReport(entries: try records.audit(of: subject, page: page).map(AuditReportEntry.init))
        }
    }
}

/// `audit verify`.
struct VerifyAudit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Look whether all entries of the log are as they were written.",
        discussion: """
            Each entry has the hash of the one before. Whoever can write the whole database can write a whole new log: \
            keep the last hash elsewhere from time to time, and give it as --known, to see that it is still in the log.

            Exit codes: 0 all are; 3 an entry was changed, or is missing.
            """)

    @Option(help: ArgumentHelp("A hash of the log that was kept elsewhere.", valueName: "hash"))
    var known: String?

    @OptionGroup var service: ServiceOptions

    mutating func run() async throws {
        let known = known
        let verdict = try await service.withStore { store in
            try await store.read { records -> AuditVerdict in
                let verdict = try records.verifyAudit()
                guard let known, case .intact = verdict, try !records.hasAuditEntry(hash: known) else { return verdict }
                return .changed(entry: 1)
            }
        }
        try service.output.show(AuditVerdictReport(verdict: verdict))
        guard case .intact = verdict else { throw ExitCode.refused }
    }
}

/// An entry in a list.
struct AuditReportEntry: FleetEntry {
    static let list = "entries"
    let number: Int64
    let time: String
    let actor: String
    let action: String
    let subject: String
    let detail: String
    let hash: String

    init(_ entry: AuditEntry) {
        number = entry.number
        time = entry.time.text
        actor = entry.actor
        action = entry.action
        subject = entry.subject
        detail = entry.detail
        hash = entry.hash
    }

    func cells(in language: Language) -> [String] {
        ["\(number)", time, action, String(subject.prefix(16)), actor, detail]
    }
}

/// What a look through the log found.
struct AuditVerdictReport: Presentable {
    let verdict: AuditVerdict

    /// The JSON of it.
    struct Report: Encodable {
        let schemaVersion = 1
        let isIntact: Bool
        let entries: Int64?
        let head: String?
        let firstChanged: Int64?
    }

    var report: Report {
        switch verdict {
        case .intact(let entries, let head): Report(isIntact: true, entries: entries, head: head, firstChanged: nil)
        case .changed(let entry): Report(isIntact: false, entries: nil, head: nil, firstChanged: entry)
        }
    }

    func text(in language: Language) -> String {
        let said: FleetText =
            switch verdict {
            case .intact(let entries, let head): .auditIntact(entries, head: head)
            case .changed(let entry): .auditChanged(entry)
            }
        return TextLayout.wrapped(said.text(in: language), indent: 0)
    }
}
