// SPDX-License-Identifier: Apache-2.0

package import JSON
package import UpdateFramework

/// What the service states to one host, under its signature.
package protocol Statement: Hashable, Sendable {
    /// The value of `_type`.
    static var type: String { get }
    /// The host that it is about.
    var host: HostID { get }
    /// The fields, without `_type`.
    var members: JSONObject { get }
    /// Reads the fields.
    init(_ fields: ProtocolFields) throws(ProtocolError)
}

/// The fields of a message.
package typealias ProtocolFields = JSONFields<ProtocolError>

/// A statement with the signature of the service: `signed` in the canonical form, and `signatures` as in metadata.
package struct SignedStatement<Content: Statement>: Hashable, Sendable {
    /// What is stated.
    package let content: Content
    private let signed: JSONObject
    private let signatures: [Signature]

    /// States something.
    ///
    /// - Throws: What the signer throws.
    package init(_ content: Content, by signer: any Signer) throws(RepositoryError) {
        self.content = content
        var object = content.members
        object["_type"] = .string(Content.type)
        signed = object
        let signature = try signer.sign(JSONValue.object(object).canonicalBytes)
        signatures = [Signature(keyID: signer.publicKey.id, text: Hexadecimal.text(of: signature))]
    }

    /// Reads a statement, and believes it if one of the service's keys has signed it and it is about a host.
    ///
    /// - Parameters:
    ///   - value: the statement.
    ///   - keys: those of the service: the ones to which the repository delegates the list of revocations.
    ///   - host: whom it must be about.
    /// - Throws: `ProtocolError`.
    package init(_ value: JSONValue, by keys: RoleKeys, for host: HostID) throws(ProtocolError) {
        let fields = try ProtocolFields(value, path: Content.type)
        let statement = try fields.fields("signed")
        let found = try statement.string("_type")
        guard found == Content.type else { throw .wrongStatement(expected: Content.type, found: found) }
        signatures = try fields.list("signatures") { (fields) throws(ProtocolError) in
            Signature(keyID: KeyID(try fields.string("keyid")), text: try fields.string("sig"))
        }
        signed = statement.object
        guard keys.count(signatures, over: JSONValue.object(signed).canonicalBytes) >= keys.threshold else {
            throw .unsigned(Content.type)
        }
        content = try Content(statement)
        guard content.host == host else { throw .otherHost(expected: host, found: content.host) }
    }

    /// The statement as it is sent and kept.
    package var value: JSONValue {
        .object([
            "signed": .object(signed),
            "signatures": .array(
                signatures.map { .object(["keyid": .string($0.keyID.text), "sig": .string($0.text)]) }),
        ])
    }
}
