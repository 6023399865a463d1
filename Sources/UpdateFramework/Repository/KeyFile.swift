// SPDX-License-Identifier: Apache-2.0

internal import Crypto
internal import CryptoExtras
internal import JSON

/// A private key in a file, under a passphrase.
///
/// The passphrase is stretched by scrypt (RFC 7914) and opens the key, which ChaCha20-Poly1305 seals (RFC 8439). All else
/// in the file is sealed with it as associated data: a file whose settings or public half were changed does not open.
package struct KeyFile: Sendable {
    /// How much work a guess at the passphrase is.
    package struct Cost: Hashable, Sendable {
        /// `N` of scrypt, as a power of two.
        package var logarithm: Int64
        /// `r` of scrypt.
        package var blockSize: Int64
        /// `p` of scrypt.
        package var parallelism: Int64

        /// About half a second and 128 MiB for a guess.
        package static let usual = Cost(logarithm: 17, blockSize: 8, parallelism: 1)
        /// The least that a file may have.
        package static let least = Cost(logarithm: 14, blockSize: 8, parallelism: 1)

        /// Whether it is neither too cheap for a guesser, nor so dear that a forged file stops the machine.
        var isReasonable: Bool {
            (14...20).contains(logarithm) && (8...16).contains(blockSize) && (1...4).contains(parallelism)
        }
    }

    /// The public half, which can be read without the passphrase.
    package let publicKey: PublicKey
    private let scheme: PublicKey.Scheme
    private let cost: Cost
    private let salt: [UInt8]
    private let sealed: [UInt8]

    /// Seals a key.
    ///
    /// - Parameters:
    ///   - key: the key.
    ///   - passphrase: what opens it.
    ///   - cost: how much work a guess is.
    ///   - random: where the salt and the nonce come from; each must be used once.
    /// - Throws: `RepositoryError.badKeyFile` for a cost that no file may have.
    package init(
        sealing key: SigningKey, with passphrase: [UInt8], cost: Cost = .usual,
        using random: inout some RandomNumberGenerator
    ) throws(RepositoryError) {
        publicKey = key.publicKey
        scheme = key.scheme
        self.cost = cost
        salt = (0..<32).map { _ in UInt8.random(in: 0...255, using: &random) }
        let nonce = (0..<12).map { _ in UInt8.random(in: 0...255, using: &random) }
        let header = Self.header(publicKey, scheme, cost, salt)
        let derived = try Self.derive(passphrase, cost, salt)
        guard
            let box = try? ChaChaPoly.seal(
                key.secretBytes, using: derived, nonce: try ChaChaPoly.Nonce(data: nonce),
                authenticating: JSONValue.object(header).canonicalBytes)
        else { throw .badKeyFile(reason: "it cannot be sealed") }
        sealed = Array(box.combined)
    }

    /// Reads a key file.
    ///
    /// - Throws: `RepositoryError.malformed` or `.badKeyFile`.
    package init(parsing bytes: [UInt8]) throws(RepositoryError) {
        let document: JSONValue
        do { document = try JSONValue(parsing: bytes) } catch { throw .malformed(.notJSON(error)) }
        do throws(MetadataError) {
            let fields = try Fields(document, path: "key file")
            guard try fields.integer("schemaVersion", atLeast: 1) == 1 else {
                throw .badValue(field: fields.path(of: "schemaVersion"), value: "of a later program")
            }
            publicKey = try PublicKey(try fields.fields("publicKey"))
            let scheme = try fields.string("scheme")
            guard let known = PublicKey.Scheme(rawValue: scheme) else {
                throw .badValue(field: fields.path(of: "scheme"), value: scheme)
            }
            self.scheme = known
            let scrypt = try fields.fields("scrypt")
            cost = Cost(
                logarithm: try scrypt.integer("logarithm", atLeast: 1),
                blockSize: try scrypt.integer("blockSize", atLeast: 1),
                parallelism: try scrypt.integer("parallelism", atLeast: 1))
            salt = try Self.bytes("salt", of: scrypt)
            sealed = try Self.bytes("sealed", of: fields)
        } catch {
            throw .malformed(error)
        }
        guard cost.isReasonable else { throw .badKeyFile(reason: "its scrypt settings are too cheap or too dear") }
    }

    /// The file.
    package var bytes: [UInt8] {
        var file = Self.header(publicKey, scheme, cost, salt)
        file["sealed"] = .string(Hexadecimal.text(of: sealed))
        return JSONValue.object(file).text
    }

    /// Opens the key.
    ///
    /// - Throws: `RepositoryError.wrongPassphrase` or `.badKeyFile`.
    package func open(with passphrase: [UInt8]) throws(RepositoryError) -> SigningKey {
        let header = Self.header(publicKey, scheme, cost, salt)
        let derived = try Self.derive(passphrase, cost, salt)
        guard let box = try? ChaChaPoly.SealedBox(combined: sealed),
            let secret = try? ChaChaPoly.open(
                box, using: derived, authenticating: JSONValue.object(header).canonicalBytes)
        else { throw .wrongPassphrase }
        let key = try SigningKey(scheme: scheme, secretBytes: Array(secret))
        guard key.publicKey == publicKey else { throw .badKeyFile(reason: "its halves do not belong together") }
        return key
    }

    private static func header(
        _ key: PublicKey, _ scheme: PublicKey.Scheme, _ cost: Cost, _ salt: [UInt8]
    ) -> JSONObject {
        [
            "schemaVersion": .integer(1), "publicKey": .object(key.object), "scheme": .string(scheme.rawValue),
            "scrypt": .object([
                "logarithm": .integer(cost.logarithm), "blockSize": .integer(cost.blockSize),
                "parallelism": .integer(cost.parallelism), "salt": .string(Hexadecimal.text(of: salt)),
            ]),
        ]
    }

    private static func bytes(_ name: String, of fields: Fields) throws(MetadataError) -> [UInt8] {
        let text = try fields.string(name)
        guard let bytes = Hexadecimal.bytes(of: text) else {
            throw .badValue(field: fields.path(of: name), value: text)
        }
        return bytes
    }

    private static func derive(_ passphrase: [UInt8], _ cost: Cost, _ salt: [UInt8]) throws(RepositoryError)
        -> SymmetricKey
    {
        guard cost.isReasonable else { throw .badKeyFile(reason: "its scrypt settings are too cheap or too dear") }
        let rounds = 1 << Int(cost.logarithm)
        // RFC 7914, 2: 128 * r * (N + p) bytes and a little more.
        let memory = 128 * Int(cost.blockSize) * (rounds + Int(cost.parallelism) + 2)
        guard
            let key = try? KDF.Scrypt.deriveKey(
                from: passphrase, salt: salt, outputByteCount: 32, rounds: rounds, blockSize: Int(cost.blockSize),
                parallelism: Int(cost.parallelism), maxMemory: memory)
        else { throw .badKeyFile(reason: "scrypt failed, perhaps for lack of \(memory >> 20) MiB of memory") }
        return key
    }
}
