// SPDX-License-Identifier: Apache-2.0

package import HostProtocol
internal import JSON

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
