// SPDX-License-Identifier: Apache-2.0

internal import JSON
package import ServicePolicy

/// What the service answers where it refuses, with a status of 4xx or 5xx.
package struct ServiceRefusal: Error, Hashable, Sendable {
    /// Causes that programs tell apart.
    package enum Code: String, CaseIterable, Hashable, Sendable {
        /// The message is not what it should be.
        case malformed
        /// The request is not signed, or not by the host that it names.
        case badSignature
        /// The host's clock differs too much.
        case badClock
        /// No host has that name.
        case unknownHost
        /// The host was taken off the service.
        case retired
        /// The activation key is unknown.
        case unknownKey
        /// The activation key, or the contract, is not valid at this time.
        case expiredKey
        /// The activation key has been used as often as it may.
        case exhaustedKey
        /// Another machine has the same key: take a new one with the ticket.
        case copied
        /// Too many requests; come again after ``retryAfter``.
        case tooMany
        /// The service is under maintenance, or has another trouble of its own.
        case unavailable
        /// There is nothing of that name.
        case notFound
        /// The token is missing, wrong or old.
        case unauthorised
        /// The body is longer than it may be.
        case tooLong
    }

    /// The layout.
    private static let schemaVersion: Int64 = 1
    /// The cause.
    package var code: Code
    /// The cause for people.
    package var text: PolicyText
    /// The clause of the terms by which it is; nil where it is none of theirs.
    package var clause: String?
    /// Opens one registration with a new key, where the code is ``Code/copied``.
    package var ticket: String?
    /// After how many seconds to come again; nil where it would not help.
    package var retryAfter: Int64?

    /// A refusal.
    package init(
        _ code: Code, _ text: PolicyText, clause: String? = nil, ticket: String? = nil, retryAfter: Int64? = nil
    ) {
        self.code = code
        self.text = text
        self.clause = clause
        self.ticket = ticket
        self.retryAfter = retryAfter
    }

    /// Reads a refusal.
    ///
    /// - Throws: `ProtocolError`.
    package init(parsing bytes: [UInt8]) throws(ProtocolError) {
        let fields = try ProtocolFields(message: bytes, schemaVersion: Self.schemaVersion)
        code = try fields.word("code")
        text = PolicyText(try fields.string("en"), try fields.string("ja"))
        clause = try fields.optional("clause", fields.string)
        ticket = try fields.optional("ticket", fields.string)
        retryAfter = try fields.optional("retryAfter") { (name) throws(ProtocolError) in
            try fields.integer(name, atLeast: 0)
        }
    }

    /// The message.
    package var encoded: [UInt8] {
        JSONValue.object([
            "schemaVersion": .integer(Self.schemaVersion), "code": .string(code.rawValue),
            "en": .string(text.english), "ja": .string(text.japanese), "clause": .optional(clause),
            "ticket": .optional(ticket), "retryAfter": retryAfter.map { .integer($0) } ?? .null,
        ]).compactText
    }
}
