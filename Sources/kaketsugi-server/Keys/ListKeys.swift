// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CommandLineOutput
import UpdateFramework

/// `kaketsugi-server keys list`: shows keys.
struct ListKeys: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Show the keys of a repository with their holders and roles, or those of key files.")

    @Option(name: .long, help: ArgumentHelp("The folder of a repository.", valueName: "dir"), completion: .directory)
    var repository: String?

    @Argument(help: ArgumentHelp("Public key files.", valueName: "file"), completion: .file())
    var files: [String] = []

    @OptionGroup var output: OutputOptions

    mutating func validate() throws {
        guard (repository == nil) != files.isEmpty else {
            throw ValidationError("Give either --repository or key files.")
        }
    }

    mutating func run() throws {
        var entries: [KeyReport.Entry] = []
        if let repository { entries = try Self.keys(of: RepositoryTree(path: repository)) }
        for file in files {
            let (key, holder) = try readPublicKey(file)
            entries.append(.init(key: key, holder: holder))
        }
        try output.show(KeyReport(keys: entries))
    }

    private static func keys(of tree: RepositoryTree) throws -> [KeyReport.Entry] {
        guard let publication = try orRefuse({ try tree.read() }), let root = publication.roots.last?.payload else {
            throw refused(RepositoryError.missing(file: tree.metadata + "/timestamp.json").reason)
        }
        var keys: [KeyID: PublicKey] = root.keys
        var roles: [KeyID: [String]] = [:]
        for role in RoleName.topLevel {
            for key in root.roles[role]?.keyIDs ?? [] { roles[key, default: []].append(role.text) }
        }
        for (_, metadata) in publication.targets.sorted(by: { $0.key < $1.key }) {
            guard let delegations = metadata.payload.delegations else { continue }
            keys.merge(delegations.keys) { one, _ in one }
            for role in delegations.roles {
                for key in role.signers.keyIDs { roles[key, default: []].append(role.name.text) }
            }
        }
        return keys.values.map { key in
            .init(key: key, holder: root.holders[key.id] ?? "?", roles: roles[key.id] ?? [])
        }.sorted { $0.holder == $1.holder ? $0.key.id < $1.key.id : $0.holder < $1.holder }
    }
}
