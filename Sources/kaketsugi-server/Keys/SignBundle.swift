// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CommandLineOutput
import Glibc
import UpdateFramework

/// `kaketsugi-server keys sign`: signs a change, after it was looked at.
struct SignBundle: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign",
        abstract: "Check a change, show what it says, and sign it.",
        discussion: """
            The change must follow, by hosts' own rules, from the root that the holder trusts, which comes from a medium \
            of their own (--root) and not from the bundle. Only where a repository is begun there is none (--first): \
            then the holders compare the fingerprint.
            """)

    @Argument(help: ArgumentHelp("The folder of the change.", valueName: "bundle"), completion: .directory)
    var bundle: String

    @OptionGroup var trust: TrustOptions
    @OptionGroup var signer: SignerOptions

    @Flag(help: "Confirm what is shown, without being asked.")
    var yes = false

    @OptionGroup var output: OutputOptions

    mutating func run() throws {
        var change = try orRefuse { try CeremonyBundle(folder: bundle) }
        let now = UpdateTime.now
        try trust.check(change, at: now)
        if !yes { try confirm(change, at: now) }
        var roles: [RoleName] = []
        for signer in try signer.open() {
            roles += try orRefuse { try change.sign(with: signer) }
        }
        try orRefuse { try change.writeProposals(toFolder: bundle) }
        var seen: Set<RoleName> = []
        let names = roles.filter { seen.insert($0).inserted }.map(\.text)
        try output.show(BundleReport(bundle: change, now: now, heading: .signed(roles: names)))
    }

    private func confirm(_ change: CeremonyBundle, at now: UpdateTime) throws {
        let language = Language.current
        StandardError.write(BundleReport(bundle: change, now: now).text(in: language) + "\n")
        if isatty(STDIN_FILENO) == 1, StandardError.isTerminal {
            StandardError.write(ServerText.confirm.text(in: language))
            if let answer = readLine(), ["y", "yes", "はい"].contains(answer.lowercased()) { return }
        }
        throw refused(ServerText.notConfirmed.reason)
    }
}

/// Which root a holder trusts.
struct TrustOptions: ParsableArguments {
    @Option(
        name: .long, help: ArgumentHelp("A root of the repository that you trust, of any version.", valueName: "file"),
        completion: .file())
    var root: String?

    @Flag(help: "The repository is yet to be begun, and there is no root before this one.")
    var first = false

    mutating func validate() throws {
        guard first != (root != nil) else { throw ValidationError("Give either --root or --first.") }
    }

    /// Refuses a change that does not follow.
    func check(_ change: CeremonyBundle, at now: UpdateTime) throws {
        let trusted = try root.map(readRoot)
        try orRefuse { try change.check(trustedRoot: trusted, at: now) }
    }
}
