// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import UpdateFramework

/// `kaketsugi-server keys rotate`: begins a change of keys.
struct RotateKeys: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate",
        abstract: "Begin a change of keys: replace, revoke or add them, or change a threshold.",
        discussion: """
            Keys are named by the first eight or more digits of their identifiers, as keys list shows them, or by their \
            public files. Without --role, a key is replaced or taken away wherever it signs. What its signatures no longer \
            carry is issued again in the same change, to be signed with it.

            Where keys of targets were stolen, as many as sign together, replace those of snapshot too: hosts then forget \
            version numbers that a thief may have given.
            """)

    @Argument(help: ArgumentHelp("The folder for the change.", valueName: "bundle"))
    var bundle: String

    @OptionGroup var repository: RepositoryOption

    @Option(
        name: .long, help: ArgumentHelp("A key, and the public file of the one in its place.", valueName: "old=file"))
    var replace: [String] = []

    @Option(name: .long, help: ArgumentHelp("A key to take away.", valueName: "key"))
    var remove: [String] = []

    @Option(name: .long, help: ArgumentHelp("The public file of a key to add, with --role.", valueName: "file"))
    var add: [String] = []

    @Option(name: .long, help: ArgumentHelp("How many must sign from now on, with --role.", valueName: "number"))
    var threshold: Int?

    @Option(name: .long, help: "A role that is meant; may be given several times.")
    var role: [String] = []

    @OptionGroup var output: OutputOptions

    mutating func validate() throws {
        guard !(replace.isEmpty && remove.isEmpty && add.isEmpty && threshold == nil) else {
            throw ValidationError("Give --replace, --remove, --add or --threshold.")
        }
        guard (add.isEmpty && threshold == nil) || !role.isEmpty else {
            throw ValidationError("--add and --threshold need --role.")
        }
        guard replace.allSatisfy({ $0.contains("=") }) else {
            throw ValidationError("--replace is an old key, an equals sign, and a public file.")
        }
    }

    mutating func run() throws {
        var change = try orRefuse { try CeremonyBundle(changing: repository.tree) }
        var edit = KeyEdit()
        var names: [KeyID: String] = [:]
        for text in replace {
            let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
            let (key, holder) = try readPublicKey(parts.last ?? "")
            edit.replaced[try keyID(parts.first ?? "", in: change)] = key
            names[key.id] = holder
        }
        for text in remove { edit.removed.insert(try keyID(text, in: change)) }
        for file in add {
            let (key, holder) = try readPublicKey(file)
            edit.added.append(key)
            names[key.id] = holder
        }
        edit.threshold = threshold
        edit.roles = Set(role.map { RoleName($0) })
        try orRefuse { try change.edit(edit, names: names, at: .now) }
        try propose(change, in: bundle, output)
    }

    /// A key by the beginning of its identifier, or by its file.
    private func keyID(_ text: String, in change: CeremonyBundle) throws -> KeyID {
        var keys = Set(change.roots.last?.payload.keys.keys.map { $0 } ?? [])
        for metadata in change.published.values {
            keys.formUnion(metadata.payload.delegations?.keys.keys.map { $0 } ?? [])
        }
        let named = text.utf8.count >= 8 ? keys.filter { $0.text.hasPrefix(text.lowercased()) } : []
        if named.count == 1, let key = named.first { return key }
        return try readPublicKey(text).key.id
    }
}
