// SPDX-License-Identifier: Apache-2.0

package import HostProtocol
internal import JSON

/// What a daemon is told of a check-in.
package struct CheckInResult: Hashable, Sendable {
    /// Whether it failed; what of, the journal says.
    package var isFailure: Bool
    /// In how many seconds the service wants to be asked again; nil where it has never said.
    package var nextCheckIn: Int64?
    /// What the service asks for that has refused.
    package var retryAfter: Int64?

    /// A result.
    package init(isFailure: Bool, nextCheckIn: Int64? = nil, retryAfter: Int64? = nil) {
        self.isFailure = isFailure
        self.nextCheckIn = nextCheckIn
        self.retryAfter = retryAfter
    }

    /// Reads a child's answer.
    ///
    /// - Throws: `ProtocolError`.
    package init(parsing bytes: [UInt8]) throws(ProtocolError) {
        let fields = try StateFields(message: bytes, schemaVersion: 1)
        isFailure = try fields.boolean("isFailure")
        nextCheckIn = try fields.optional("nextCheckIn") { (name) throws(ProtocolError) in
            try fields.integer(name, atLeast: 0)
        }
        retryAfter = try fields.optional("retryAfter") { (name) throws(ProtocolError) in
            try fields.integer(name, atLeast: 0)
        }
    }

    /// The answer of a child.
    package var encoded: [UInt8] {
        JSONValue.object([
            "schemaVersion": .integer(1), "isFailure": .boolean(isFailure), "nextCheckIn": .integer(nextCheckIn),
            "retryAfter": .integer(retryAfter),
        ]).compactText
    }
}
