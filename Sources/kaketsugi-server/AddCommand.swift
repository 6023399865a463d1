// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import PatchCatalogue
import UpdateFramework

/// `kaketsugi-server add`: begins the publication of patches.
struct AddCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Begin the publication of live patches, for holders of keys of targets to sign.",
        discussion: """
            A patch is published for a product on a distribution, at PRODUCT/DISTRIBUTION/BUILD-ID/LEVEL.mend. The first \
            one makes a role for the two. Its keys are those of targets, unless --holder names others. A patch of a \
            kernel must have passed kaketsugi-build prove.
            """)

    @Argument(help: ArgumentHelp("The folder for the change.", valueName: "bundle"))
    var bundle: String

    @Argument(help: ArgumentHelp("The live patches.", valueName: "file"), completion: .file(extensions: ["mend"]))
    var files: [String]

    @OptionGroup var repository: RepositoryOption

    @Option(help: "The product, such as glibc.")
    var product: String

    @Option(help: "The distribution, such as debian-12.")
    var distribution: String

    @Option(help: "How bad what is fixed is: critical, high, moderate or low.")
    var severity: PatchDescription.Severity

    @Option(help: "What must be started again for the fix to hold: none, process or system.")
    var restart: PatchDescription.Restart = .none

    @Option(
        name: .long, help: ArgumentHelp("A public key of the new role; may be given several times.", valueName: "file"))
    var holder: [String] = []

    @Option(help: ArgumentHelp("How many of these must sign.", valueName: "number"))
    var threshold = 2

    @OptionGroup var output: OutputOptions

    mutating func run() throws {
        let shelf = try orRefuse { try PatchShelf(product: product, distribution: distribution) }
        var change = try orRefuse { try CeremonyBundle(changing: repository.tree) }
        let now = UpdateTime.now
        let keys = try holder.map { try readPublicKey($0).key }
        var holders = keys.isEmpty ? nil : RootCeremony.Holders(keys, threshold: threshold)
        for file in files {
            let bytes = try read(file)
            _ = try orRefuse {
                try change.add(
                    patch: bytes, to: shelf, severity: severity, restart: restart, holders: holders, at: now)
            }
            holders = nil
        }
        try propose(change, in: bundle, output)
    }
}

extension PatchDescription.Severity: ExpressibleByArgument {}
extension PatchDescription.Restart: ExpressibleByArgument {}

/// `kaketsugi-server withdraw`: begins the withdrawal of patches.
struct WithdrawCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "withdraw",
        abstract: "Begin the withdrawal of live patches, for holders of keys of targets to sign.",
        discussion: """
            A withdrawn patch cannot be got any more. A host that has its file already is reached by revoke alone, which \
            is also quicker: revoke first.
            """)

    @Argument(help: ArgumentHelp("The folder for the change.", valueName: "bundle"))
    var bundle: String

    @Argument(help: ArgumentHelp("The paths of the patches in the repository.", valueName: "path"))
    var paths: [String]

    @OptionGroup var repository: RepositoryOption
    @OptionGroup var output: OutputOptions

    mutating func run() throws {
        let change = try orRefuse {
            var change = try CeremonyBundle(changing: repository.tree)
            let now = UpdateTime.now
            for path in paths { try change.withdraw(TargetPath(path), at: now) }
            return change
        }
        try propose(change, in: bundle, output)
    }
}
