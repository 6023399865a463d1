// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import UpdateFramework

/// What signs: key files of this program, or a command that speaks for a token.
struct SignerOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp("A key file; may be given several times. Its passphrase is asked for.", valueName: "file"),
        completion: .file())
    var key: [String] = []

    @OptionGroup var passphrase: PassphraseOptions

    @Option(
        name: .long,
        help: ArgumentHelp(
            "A shell command that signs what it gets on standard input, and writes the signature's bytes to standard "
                + "output: DER for ECDSA, PSS with SHA-256 for RSA, 64 bytes for Ed25519. With --public-key.",
            valueName: "command"))
    var signer: String?

    @Option(
        name: .long, help: ArgumentHelp("The public key of --signer, also in PEM.", valueName: "file"),
        completion: .file())
    var publicKey: String?

    mutating func validate() throws {
        guard (signer == nil) == (publicKey == nil) else {
            throw ValidationError("--signer and --public-key go together.")
        }
        guard signer != nil || !key.isEmpty else { throw ValidationError("Give --key, or --signer and --public-key.") }
    }

    /// The signers; opens the key files.
    func open() throws -> [any Signer] {
        var signers = try passphrase.open(key)
        if let signer, let publicKey {
            signers.append(CommandSigner(publicKey: try readPublicKey(publicKey).key, command: signer))
        }
        return signers
    }
}

/// What a server signs with, if it signs at all.
struct OnlineSignerOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "A key file of the server's, for snapshot, timestamp or revocations; may be given several times.",
            valueName: "file"),
        completion: .file())
    var key: [String] = []

    @OptionGroup var passphrase: PassphraseOptions

    /// The signers; opens the key files.
    func open() throws -> [any Signer] { try passphrase.open(key) }
}

/// Where the passphrase of key files is, if it is not to be asked for.
struct PassphraseOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "A file whose first line is the passphrase of the key files; /dev/fd/NUMBER serves as well.",
            valueName: "file"),
        completion: .file())
    var passphraseFile: String?

    /// Opens key files.
    func open(_ keys: [String]) throws -> [any Signer] {
        var signers: [any Signer] = []
        for path in keys {
            let bytes = try read(path, limit: 1 << 20)
            let file = try orRefuse { try KeyFile(parsing: bytes) }
            let passphrase = try Passphrase.obtain(from: passphraseFile, for: path)
            signers.append(try orRefuse { try file.open(with: passphrase) })
        }
        return signers
    }
}
