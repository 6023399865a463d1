// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import UpdateFramework

/// `kaketsugi-server keys renew`: begins a renewal of what expires.
struct RenewMetadata: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "renew",
        abstract: "Begin a renewal, as it is, of whatever offline keys have signed and expires soon.")

    @Argument(help: ArgumentHelp("The folder for the change.", valueName: "bundle"))
    var bundle: String

    @OptionGroup var repository: RepositoryOption

    @Option(help: ArgumentHelp("What expires within so many days is renewed.", valueName: "days"))
    var within: Int64 = 92

    @OptionGroup var output: OutputOptions

    mutating func validate() throws {
        guard (0...100_000).contains(within) else { throw ValidationError("--within is from 0 to 100000 days.") }
    }

    mutating func run() throws {
        let change = try orRefuse {
            var change = try CeremonyBundle(changing: repository.tree)
            let now = UpdateTime.now
            try change.renew(expiringBefore: now.adding(seconds: within * UpdateTime.day), at: now)
            return change
        }
        try propose(change, in: bundle, output)
    }
}
