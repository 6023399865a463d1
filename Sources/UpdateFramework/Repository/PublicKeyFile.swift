// SPDX-License-Identifier: Apache-2.0

internal import Crypto
internal import CryptoExtras
internal import JSON

/// A public key in a file, with the name of who holds its other half.
package struct PublicKeyFile: Sendable {
    /// The key.
    package let publicKey: PublicKey
    /// Who holds the private key, for people; nil if the file does not say.
    package let holder: String?

    /// A key and its holder.
    package init(_ publicKey: PublicKey, holder: String?) {
        self.publicKey = publicKey
        self.holder = holder
    }

    /// Reads a public key: of this program, or in PEM as other programs write it (SubjectPublicKeyInfo, RFC 5280).
    ///
    /// - Throws: `RepositoryError.malformed`, or `.badKeyFile` for a kind of key that cannot sign here.
    package init(parsing bytes: [UInt8]) throws(RepositoryError) {
        guard bytes.first == UInt8(ascii: "{") else {
            self.init(try Self.key(pem: String(decoding: bytes, as: UTF8.self)), holder: nil)
            return
        }
        let document: JSONValue
        do { document = try JSONValue(parsing: bytes) } catch { throw .malformed(.notJSON(error)) }
        do throws(MetadataError) {
            let fields = try Fields(document, path: "public key")
            guard try fields.integer("schemaVersion", atLeast: 1) == 1 else {
                throw .badValue(field: fields.path(of: "schemaVersion"), value: "of a later program")
            }
            let key = try PublicKey(try fields.fields("publicKey"))
            self.init(key, holder: fields.has("holder") ? try fields.string("holder") : nil)
        } catch {
            throw .malformed(error)
        }
        guard publicKey.material != nil else { throw .badKeyFile(reason: "it is no key of a kind that can sign here") }
    }

    /// The file.
    package var bytes: [UInt8] {
        var object: JSONObject = ["schemaVersion": .integer(1), "publicKey": .object(publicKey.object)]
        if let holder { object["holder"] = .string(holder) }
        return JSONValue.object(object).text
    }

    private static func key(pem: String) throws(RepositoryError) -> PublicKey {
        do throws(MetadataError) {
            if let key = try? P256.Signing.PublicKey(pemRepresentation: pem) {
                return try PublicKey(kind: "ecdsa", scheme: .ecdsa, text: key.pemRepresentation)
            }
            if let key = try? _RSA.Signing.PublicKey(pemRepresentation: pem), key.keySizeInBits >= 2048 {
                return try PublicKey(kind: "rsa", scheme: .rsa, text: key.pemRepresentation)
            }
        } catch {
            throw .malformed(error)
        }
        throw .badKeyFile(
            reason:
                "it is neither a public key of this program nor, in PEM, one of P-256 or of RSA with 2048 bits or more")
    }
}
