// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import PatchCatalogue
import UpdateFramework

/// `kaketsugi-server keys begin`: begins a repository.
struct BeginRepository: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "begin",
        abstract: "Begin a repository: make the first root and empty targets, to be signed.",
        discussion: """
            Five people hold a key of the root, and three of them must sign; three hold a key of targets, and two must. \
            These keys stay offline. Keys of snapshot and timestamp are the server's. A person may hold a key of both \
            root and targets. The keys of timestamp also sign the list of revocations, unless --revocations names others.
            """)

    @Argument(help: ArgumentHelp("The folder for the change.", valueName: "bundle"))
    var bundle: String

    @Option(name: .long, parsing: .upToNextOption, help: ArgumentHelp("Public keys of the root.", valueName: "file"))
    var root: [String]

    @Option(help: ArgumentHelp("How many of them must sign.", valueName: "number"))
    var rootThreshold = 3

    @Option(name: .long, parsing: .upToNextOption, help: ArgumentHelp("Public keys of targets.", valueName: "file"))
    var targets: [String]

    @Option(help: ArgumentHelp("How many of them must sign.", valueName: "number"))
    var targetsThreshold = 2

    @Option(name: .long, parsing: .upToNextOption, help: ArgumentHelp("Public keys of snapshot.", valueName: "file"))
    var snapshot: [String]

    @Option(name: .long, parsing: .upToNextOption, help: ArgumentHelp("Public keys of timestamp.", valueName: "file"))
    var timestamp: [String]

    @Option(
        name: .long, parsing: .upToNextOption,
        help: ArgumentHelp("Public keys of the list of revocations.", valueName: "file"))
    var revocations: [String] = []

    @OptionGroup var output: OutputOptions

    mutating func run() throws {
        var names: [KeyID: String] = [:]
        func holders(_ files: [String], _ threshold: Int) throws -> RootCeremony.Holders {
            let keys = try files.map(readPublicKey)
            for (key, holder) in keys { names[key.id] = holder }
            return RootCeremony.Holders(keys.map(\.key), threshold: threshold)
        }
        let roles: [RoleName: RootCeremony.Holders] = [
            .root: try holders(root, rootThreshold), .targets: try holders(targets, targetsThreshold),
            .snapshot: try holders(snapshot, 1), .timestamp: try holders(timestamp, 1),
        ]
        let revoking = try holders(revocations.isEmpty ? timestamp : revocations, 1)
        let change = try orRefuse {
            try CeremonyBundle(beginning: roles, revocations: revoking, names: names, at: .now)
        }
        try propose(change, in: bundle, output)
    }
}

/// Writes a new bundle, and shows it.
func propose(_ change: CeremonyBundle, in folder: String, _ output: OutputOptions) throws {
    try orRefuse { try change.write(toFolder: folder) }
    try output.show(BundleReport(bundle: change, now: .now, heading: .begun(folder: folder)))
}
