// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CommandLineOutput
import LinuxSystem
import LivePatch
import PatchCatalogue
import UpdateFramework

/// `kaketsugi-server publish`: puts a signed change into the repository.
struct PublishCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "publish",
        abstract: "Put a change that enough have signed into the repository.",
        discussion: """
            Everything is checked before the first file is written. Ended anywhere, it leaves a repository that hosts can \
            use, and can be run again. Needs the server's keys of snapshot, timestamp and revocations.
            """)

    @Argument(help: ArgumentHelp("The folder of the change.", valueName: "bundle"), completion: .directory)
    var bundle: String

    @OptionGroup var repository: RepositoryOption
    @OptionGroup var signer: SignerOptions
    @OptionGroup var output: OutputOptions

    mutating func run() throws {
        let change = try orRefuse { try CeremonyBundle(folder: bundle) }
        // A change that is refused does not leave a folder behind, either.
        try orRefuse {
            _ = try change.applied(to: try repository.tree.read(), roots: try repository.tree.readRoots(), at: .now)
            try makeDirectory(repository.repository)
        }
        try changing(repository, signer, output) { online, now in try online.publish(change, at: now) }
    }
}

/// `kaketsugi-server resign`: signs anew what the server signs.
struct ResignCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resign",
        abstract: "Sign anew what the server signs: timestamp, and snapshot and revocations when they are due.",
        discussion: "To be run several times a day: hosts refuse a timestamp that is older than a day.")

    @OptionGroup var repository: RepositoryOption
    @OptionGroup var signer: SignerOptions
    @OptionGroup var output: OutputOptions

    mutating func run() throws {
        try changing(repository, signer, output) { online, now in try online.resign(at: now) }
    }
}

/// `kaketsugi-server revoke`: takes a patch back at once.
struct RevokeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Take a live patch back at once, with the server's keys: no host applies it any more.",
        discussion: """
            Hosts look into the list of revocations before every apply and at boot. Processes that are patched already \
            stay so. Follow it with withdraw, which the offline keys sign.
            """)

    @Argument(help: ArgumentHelp("The patch: its file, or all 64 digits of its identity.", valueName: "patch"))
    var patch: String

    @Option(help: "Why, for administrators of hosts.")
    var reason: String?

    @Option(help: "The same in Japanese.")
    var reasonJa: String?

    @Flag(help: "Lift the revocation instead.")
    var lift = false

    @OptionGroup var repository: RepositoryOption
    @OptionGroup var signer: SignerOptions
    @OptionGroup var output: OutputOptions

    mutating func validate() throws {
        guard lift != (reason != nil) else { throw ValidationError("Give either --reason or --lift.") }
    }

    mutating func run() throws {
        let id = try ArtefactID(hexadecimal: patch) ?? ArtefactID(of: read(patch))
        let text = reason.map { LocalizedText(english: $0, japanese: reasonJa) }
        try changing(repository, signer, output) { online, now in try online.revoke(id, because: text, at: now) }
    }
}

/// Changes a repository, while nobody else does, and shows what it publishes then.
private func changing(
    _ repository: RepositoryOption, _ signer: SignerOptions, _ output: OutputOptions,
    _ change: (OnlineRepository, UpdateTime) throws -> Publication
) throws {
    let signers = try signer.open()
    let publication = try orRefuse {
        let lock = try DirectoryLock(holding: repository.repository)
        let publication = try change(OnlineRepository(repository.tree, signers: signers), .now)
        withExtendedLifetime(lock) {}
        return publication
    }
    try output.show(PublicationReport(expiries: ExpiryReport(of: publication, at: .now), heading: .published))
}
