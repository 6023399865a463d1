// SPDX-License-Identifier: Apache-2.0

internal import Crypto
internal import JSON
package import ServicePolicy
internal import UpdateFramework

/// Who did what to what, chained to the entry before.
package struct AuditEntry: Hashable, Sendable {
    /// Counts the entries, from 1.
    package var number: Int64
    /// When it was.
    package var time: Moment
    /// Who did it: a user, `command line`, `host ID`, or `director`.
    package var actor: String
    /// What was done, such as `host.registered`.
    package var action: String
    /// To what, such as a host's ID.
    package var subject: String
    /// More of it, for people.
    package var detail: String
    /// The hash of the entry before; zeroes for the first.
    package var previous: String
    /// SHA-256 over all of the above.
    package var hash: String

    /// The hash before the first entry.
    package static let beginning = String(repeating: "0", count: 64)

    /// An entry after another.
    init(
        number: Int64, time: Moment, actor: String, action: String, subject: String, detail: String, previous: String
    ) {
        self.number = number
        self.time = time
        self.actor = actor
        self.action = action
        self.subject = subject
        self.detail = detail
        self.previous = previous
        hash = ""
        hash = contentHash
    }

    static let columns = "number, time, actor, action, subject, detail, previous, hash"

    init(_ row: SQLRow) throws(StoreError) {
        number = try row.integer(0)
        time = Moment(seconds: try row.integer(1))
        actor = try row.text(2)
        action = try row.text(3)
        subject = try row.text(4)
        detail = try row.text(5)
        previous = try row.text(6)
        hash = try row.text(7)
    }

    /// What ``hash`` must be: that of a list in canonical form, in which no text can pass for the end of another.
    package var contentHash: String {
        let list = JSONValue.array([
            .integer(number), .integer(time.seconds), .string(actor), .string(action), .string(subject),
            .string(detail), .string(previous),
        ])
        return Hexadecimal.text(of: SHA256.hash(data: list.canonicalBytes))
    }
}

/// What a look through the audit log found.
package enum AuditVerdict: Hashable, Sendable {
    /// All entries are as they were written; how many, and the hash of the last.
    case intact(entries: Int64, head: String)
    /// The first entry that is not as it was written, or is not there.
    case changed(entry: Int64)
}
