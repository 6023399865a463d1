// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import UpdateFramework

/// `kaketsugi-server keys show`: shows a change.
struct ShowBundle: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Check a change, and show what it says and whose signatures it has.",
        discussion: "Exit codes: 0 all signatures are there; 2 some are missing; 3 the change is refused.")

    @Argument(help: ArgumentHelp("The folder of the change.", valueName: "bundle"), completion: .directory)
    var bundle: String

    @OptionGroup var trust: TrustOptions
    @OptionGroup var output: OutputOptions

    mutating func run() throws {
        let change = try orRefuse { try CeremonyBundle(folder: bundle) }
        let now = UpdateTime.now
        try trust.check(change, at: now)
        try output.show(BundleReport(bundle: change, now: now))
        guard change.isComplete else { throw ExitCode.incomplete }
    }
}
