// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CommandLineOutput
import JSON
import LinuxSystem
import UpdateFramework

/// `kaketsugi-server keys create`: makes a key.
struct CreateKey: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Make a key: a private half under a passphrase, and a public half to hand on.",
        discussion: """
            The private half never leaves the machine on which it was made. Its file needs the passphrase, which is \
            stretched by scrypt; lost passphrases cannot be recovered. The public half is written beside it, with the \
            suffix .pub.
            """)

    @Argument(help: ArgumentHelp("The file for the private half.", valueName: "file"), completion: .file())
    var file: String

    @Option(help: "Who holds the key, as all the others will see.")
    var holder: String

    @Option(help: "The kind of key: ed25519, ecdsa-sha2-nistp256 or rsassa-pss-sha256.")
    var scheme: PublicKey.Scheme = .ed25519

    @Option(
        help: ArgumentHelp(
            "How much work a guess at the passphrase is, as a power of two (14 to 20).", valueName: "number"))
    var work: Int64 = KeyFile.Cost.usual.logarithm

    @Option(name: .long, help: ArgumentHelp("A file whose first line is the passphrase.", valueName: "file"))
    var passphraseFile: String?

    @OptionGroup var output: OutputOptions

    mutating func run() throws {
        let publicFile = file + ".pub"
        for path in [file, publicFile] where (try? contents(ofFile: path, limit: 1 << 20)) != nil {
            throw refused(ServerText.keyExists(file: path).reason)
        }
        let passphrase = try Passphrase.obtain(from: passphraseFile, for: file, twice: true)
        var cost = KeyFile.Cost.usual
        cost.logarithm = work
        let key = try orRefuse {
            let key = try SigningKey(generating: scheme)
            var random = SystemRandomNumberGenerator()
            let sealed = try KeyFile(sealing: key, with: passphrase, cost: cost, using: &random)
            try replaceFile(file, with: sealed.bytes, for: .owner)
            try replaceFile(publicFile, with: PublicKeyFile(key.publicKey, holder: holder).bytes)
            return key.publicKey
        }
        try output.show(
            KeyReport(keys: [.init(key: key, holder: holder)], heading: .keyCreated(file: file, publicFile: publicFile))
        )
    }
}

extension PublicKey.Scheme: ExpressibleByArgument {}

/// Keys with their holders.
struct KeyReport: Presentable {
    struct Entry {
        var key: PublicKey
        var holder: String
        /// The roles that the key signs for.
        var roles: [String] = []
    }

    var keys: [Entry]
    var heading: ServerText?

    /// The JSON of `keys create` and `keys list`.
    struct Report: Encodable {
        struct Key: Encodable {
            var key: String
            var holder: String
            var scheme: String
            var roles: [String]
        }

        var schemaVersion = 1
        var keys: [Key]
    }

    var report: Report {
        Report(
            keys: keys.map { .init(key: $0.key.id.text, holder: $0.holder, scheme: $0.key.schemeName, roles: $0.roles) }
        )
    }

    func text(in language: Language) -> String {
        var lines = heading.map { [TextLayout.wrapped($0.text(in: language), indent: 0)] } ?? []
        if keys.isEmpty { lines.append(ServerText.noKeys.text(in: language)) }
        for entry in keys {
            lines.append("\(entry.key.id.text.prefix(8))  " + TextLayout.harmless(entry.holder))
            lines.append(TextLayout.wrapped(entry.key.schemeName + " " + entry.key.id.text, indent: 3))
            if !entry.roles.isEmpty { lines.append(TextLayout.wrapped(entry.roles.joined(separator: ", "), indent: 3)) }
        }
        return lines.joined(separator: "\n")
    }
}

extension PublicKey {
    /// The scheme, as metadata names it.
    fileprivate var schemeName: String {
        if case .string(let name)? = object["scheme"] { name } else { "?" }
    }
}
