// SPDX-License-Identifier: Apache-2.0

package import ServicePolicy

extension Records {
    private static let head = "audit.head"

    /// Adds an entry to the log.
    ///
    /// - Returns: The entry, with its number and hash.
    @discardableResult
    package func log(
        _ action: String, of subject: String, by actor: String, at time: Moment, detail: String = ""
    ) throws(StoreError) -> AuditEntry {
        // The head is one row: whoever holds it writes the next entry, and all others wait.
        try execute(
            "INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO NOTHING", .text(Self.head),
            .text("0 \(AuditEntry.beginning)"))
        let head = try first(
            "SELECT value FROM settings WHERE name = ?\(connection.lockingClause)", .text(Self.head))
        guard let (number, hash) = try head?.read(0, Self.parsed) else { throw .damaged(column: 0) }
        let (next, isTooMuch) = number.addingReportingOverflow(1)
        guard !isTooMuch else { throw .damaged(column: 0) }
        let entry = AuditEntry(
            number: next, time: time, actor: actor, action: action, subject: subject, detail: detail, previous: hash)
        try execute(
            "INSERT INTO audit (\(AuditEntry.columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", .integer(entry.number),
            .integer(time.seconds), .text(actor), .text(action), .text(subject), .text(detail), .text(entry.previous),
            .text(entry.hash))
        try execute(
            "UPDATE settings SET value = ? WHERE name = ?", .text("\(entry.number) \(entry.hash)"), .text(Self.head))
        return entry
    }

    /// Entries, the newest first.
    ///
    /// - Parameters:
    ///   - subject: only those about it; nil for all.
    ///   - page: the part of them.
    /// - Returns: The entries of the page.
    /// - Throws: `StoreError`.
    package func audit(of subject: String? = nil, page: Page = Page()) throws(StoreError) -> [AuditEntry] {
        let condition = subject == nil ? "" : "WHERE subject = ?"
        let rows = try connection.query(
            "SELECT \(AuditEntry.columns) FROM audit \(condition) ORDER BY number DESC LIMIT ? OFFSET ?",
            (subject.map { [.text($0)] } ?? []) + [.integer(Int64(page.limit)), .integer(Int64(page.offset))])
        var entries: [AuditEntry] = []
        for row in rows { entries.append(try AuditEntry(row)) }
        return entries
    }

    /// Looks through the whole log.
    ///
    /// Whoever can write the whole database can write a whole new log. Against that, keep the hash of the last entry
    /// elsewhere from time to time, and look whether the log still has it.
    package func verifyAudit() throws(StoreError) -> AuditVerdict {
        var number: Int64 = 0
        var hash = AuditEntry.beginning
        while true {
            let rows = try query(
                "SELECT \(AuditEntry.columns) FROM audit WHERE number > ? ORDER BY number LIMIT 1000", .integer(number))
            for row in rows {
                let entry = try AuditEntry(row)
                guard entry.number == number + 1, entry.previous == hash, entry.hash == entry.contentHash else {
                    return .changed(entry: number + 1)
                }
                (number, hash) = (entry.number, entry.hash)
            }
            if rows.count < 1000 { break }
        }
        let head = try setting(Self.head) ?? "0 \(AuditEntry.beginning)"
        return head == "\(number) \(hash)" ? .intact(entries: number, head: hash) : .changed(entry: number + 1)
    }

    /// Whether an entry has a hash, which somebody kept elsewhere.
    package func hasAuditEntry(hash: String) throws(StoreError) -> Bool {
        try count("SELECT COUNT(*) FROM audit WHERE hash = ?", .text(hash)) > 0
    }

    private static func parsed(_ text: String) -> (Int64, String)? {
        let parts = text.split(separator: " ")
        guard parts.count == 2, let number = Int64(parts[0]) else { return nil }
        return (number, String(parts[1]))
    }
}
