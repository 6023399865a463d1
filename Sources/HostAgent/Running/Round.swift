// SPDX-License-Identifier: Apache-2.0

package import HostProtocol
internal import JSON

/// What a daemon has a child do: whatever speaks to the network, reads foreign bytes or touches processes.
package enum Round: String, CaseIterable, Sendable {
    /// Applies the levels that were accepted before, without a network.
    case start
    /// Asks the service, and does what it wants.
    case checkIn = "check-in"
    /// Looks at what is kept: what new processes are to have, and what must be seen to when.
    case look
    /// Notes that the daemon ends in an orderly way.
    case end
}

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

/// What a daemon is told of what is kept.
package struct Standing: Hashable, Sendable {
    /// The files of the levels that new processes are to have.
    package var files: [String] = []
    /// The processes that are left alone, as patterns.
    package var exclusions: [String] = []
    /// In how many seconds a patch has proved itself; nil if none has to.
    package var soak: Int64?

    /// What is kept.
    package init(files: [String] = [], exclusions: [String] = [], soak: Int64? = nil) {
        self.files = files
        self.exclusions = exclusions
        self.soak = soak
    }

    /// Reads a child's answer.
    ///
    /// - Throws: `ProtocolError`.
    package init(parsing bytes: [UInt8]) throws(ProtocolError) {
        let fields = try StateFields(message: bytes, schemaVersion: 1)
        files = try fields.strings("files")
        exclusions = try fields.strings("exclusions")
        soak = try fields.optional("soak") { (name) throws(ProtocolError) in try fields.integer(name, atLeast: 1) }
    }

    /// The answer of a child.
    package var encoded: [UInt8] {
        JSONValue.object([
            "schemaVersion": .integer(1), "files": .texts(files), "exclusions": .texts(exclusions),
            "soak": .integer(soak),
        ]).compactText
    }
}

extension JSONValue {
    /// A number, or null.
    fileprivate static func integer(_ number: Int64?) -> JSONValue { number.map { .integer($0) } ?? .null }
}
