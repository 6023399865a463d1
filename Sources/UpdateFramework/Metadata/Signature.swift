// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// A signature, and whose it says that it is.
package struct Signature: Hashable, Sendable {
    /// The key.
    package var keyID: KeyID
    /// The signature in hexadecimal digits; whatever else it may be, which then is nobody's signature.
    package var text: String

    /// A signature as metadata writes it.
    package init(keyID: KeyID, text: String) {
        self.keyID = keyID
        self.text = text
    }

    init(_ fields: Fields) throws(MetadataError) {
        keyID = KeyID(try fields.string("keyid"))
        text = try fields.string("sig")
    }

    var bytes: [UInt8]? { Hexadecimal.bytes(of: text) }

    var value: JSONValue { .object(["keyid": .string(keyID.text), "sig": .string(text)]) }
}
