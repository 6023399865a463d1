// SPDX-License-Identifier: Apache-2.0

package import JSON

/// What is signed of a role's metadata.
package protocol MetadataPayload: Sendable {
    /// The value of `_type`.
    static var type: String { get }
    /// What all roles state.
    var header: MetadataHeader { get set }
    /// Reads the `signed` object.
    init(reading object: JSONObject) throws(MetadataError)
    /// The fields that only this role has.
    var members: JSONObject { get }
}

extension MetadataPayload {
    /// The `signed` object.
    package var object: JSONObject {
        var object = header.unknown
        for member in members.members { object[member.name] = member.value }
        object["_type"] = .string(Self.type)
        object["spec_version"] = .string(header.specificationVersion)
        object["version"] = .integer(header.version)
        object["expires"] = .string(header.expires.description)
        return object
    }
}

/// What the metadata of every role states.
package struct MetadataHeader: Sendable {
    /// The version of the specification by which the metadata is written.
    package var specificationVersion: String
    /// The version of the metadata, from 1.
    package var version: Int64
    /// From when on it must not be trusted.
    package var expires: UpdateTime
    /// Fields that this program does not know; they are signed like the others.
    package var unknown: JSONObject

    /// The version of the specification that this room implements.
    package static let specificationVersion = "1.0.34"

    /// A header for new metadata.
    package init(version: Int64, expires: UpdateTime) {
        specificationVersion = Self.specificationVersion
        self.version = version
        self.expires = expires
        unknown = JSONObject()
    }

    init(_ fields: Fields, type: String, known: [String]) throws(MetadataError) {
        let found = try fields.string("_type")
        guard found == type else { throw .wrongType(expected: type, found: found) }
        specificationVersion = try fields.string("spec_version")
        // Specification, 4.3: what matches is for the adopter to say. A later 1.x only adds what may be ignored.
        guard specificationVersion.utf8.starts(with: "1.".utf8) else {
            throw .unsupportedSpecification(specificationVersion)
        }
        version = try fields.integer("version", atLeast: 1)
        let text = try fields.string("expires")
        guard let time = UpdateTime(text) else { throw .badValue(field: fields.path(of: "expires"), value: text) }
        expires = time
        unknown = fields.others(than: known + ["_type", "spec_version", "version", "expires"])
    }
}

/// A role's metadata with its signatures, none of them verified yet.
package struct SignedMetadata<Payload: MetadataPayload>: Sendable {
    /// What is signed.
    package let payload: Payload
    /// The signatures, at most one of each key.
    package private(set) var signatures: [Signature]
    /// What is signed, with all that this program does not know.
    private let signed: JSONValue
    /// The bytes over which the signatures are made.
    package let signedBytes: [UInt8]
    /// The file from which it was read; nil once it has another signature.
    private var file: [UInt8]?

    /// Reads metadata from foreign bytes.
    ///
    /// - Throws: `MetadataError` with what is wrong.
    package init(parsing bytes: [UInt8]) throws(MetadataError) {
        let document: JSONValue
        do {
            document = try JSONValue(parsing: bytes)
        } catch {
            throw .notJSON(error)
        }
        let fields = try Fields(document, path: "metadata")
        let object = try fields.fields("signed").object
        payload = try Payload(reading: object)
        signed = .object(object)
        signedBytes = signed.canonicalBytes
        file = bytes
        signatures = []
        // Specification, 4.2: identifiers are unique in the list, even where the threshold is reached without.
        var seen: Set<KeyID> = []
        for value in try fields.array("signatures") {
            let signature = try Signature(try Fields(value, path: "signatures"))
            guard seen.insert(signature.keyID).inserted else {
                throw .duplicate(field: "signatures", value: signature.keyID.text)
            }
            signatures.append(signature)
        }
    }

    /// Metadata that is yet to be signed.
    package init(_ payload: Payload) {
        self.payload = payload
        signatures = []
        signed = .object(payload.object)
        signedBytes = signed.canonicalBytes
    }

    /// Adds a signature, in place of an older one of the same key.
    mutating func add(_ signature: Signature) {
        signatures.removeAll { $0.keyID == signature.keyID }
        signatures.append(signature)
        file = nil
    }

    /// The metadata as a file: the one that was read, byte by byte, or a new one.
    package var bytes: [UInt8] {
        if let file { return file }
        let document = JSONValue.object(["signatures": .array(signatures.map(\.value)), "signed": signed])
        // People look at roots; the rest is read by hosts, and can be long.
        return Payload.type == RootMetadata.type ? document.text : document.compactText
    }
}
