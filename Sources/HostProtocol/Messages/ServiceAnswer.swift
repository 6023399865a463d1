// SPDX-License-Identifier: Apache-2.0

package import JSON
package import ServicePolicy

/// What the service answers a registration or a check-in with.
///
/// The statements in it are signed and stay unread here, since a host gets the keys of the service from the repository.
package struct ServiceAnswer: Hashable, Sendable {
    /// The layout.
    private static let schemaVersion: Int64 = 1
    /// The host's lease, a ``SignedStatement``; nil when it has none: the reason is in ``eligibility``.
    package var lease: JSONValue?
    /// What the director wants, a ``SignedStatement``; nil with a registration.
    package var instructions: JSONValue?
    /// Why there is no lease, or none for some products.
    package var eligibility: EligibilityAnswer
    /// What opens patch data, as a bearer token (RFC 6750); nil without a lease.
    package var token: String?
    /// In how many seconds the host should come again; it adds a jitter of its own.
    package var nextCheckIn: Int64
    /// The number up to which events are kept by the service.
    package var eventsKept: Int64
    /// The service's clock.
    package var time: Moment

    /// An answer.
    package init(
        lease: JSONValue?, instructions: JSONValue?, eligibility: EligibilityAnswer, token: String?,
        nextCheckIn: Int64, eventsKept: Int64, time: Moment
    ) {
        self.lease = lease
        self.instructions = instructions
        self.eligibility = eligibility
        self.token = token
        self.nextCheckIn = nextCheckIn
        self.eventsKept = eventsKept
        self.time = time
    }

    /// Reads an answer.
    ///
    /// - Throws: `ProtocolError`.
    package init(parsing bytes: [UInt8]) throws(ProtocolError) {
        let fields = try ProtocolFields(message: bytes, schemaVersion: Self.schemaVersion)
        lease = try fields.optional("lease", fields.value)
        instructions = try fields.optional("instructions", fields.value)
        eligibility = try EligibilityAnswer(try fields.fields("eligibility"))
        token = try fields.optional("token", fields.string)
        nextCheckIn = try fields.integer("nextCheckIn", atLeast: 1)
        eventsKept = try fields.integer("eventsKept", atLeast: 0)
        time = try fields.moment("time")
    }

    /// The message.
    package var encoded: [UInt8] {
        JSONValue.object([
            "schemaVersion": .integer(Self.schemaVersion), "lease": lease ?? .null,
            "instructions": instructions ?? .null, "eligibility": eligibility.value, "token": .optional(token),
            "nextCheckIn": .integer(nextCheckIn), "eventsKept": .integer(eventsKept), "time": .moment(time),
        ]).compactText
    }
}
