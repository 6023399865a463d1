// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import UpdateFramework

/// `kaketsugi-server keys merge`: brings signatures of copies together.
struct MergeBundles: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge",
        abstract: "Take over the signatures of copies of a change that others have signed.",
        discussion: "Exit codes: 0 all signatures are there; 2 some are missing; 3 refused: not copies of one change.")

    @Argument(help: ArgumentHelp("The folder of the change.", valueName: "bundle"), completion: .directory)
    var bundle: String

    @Argument(help: ArgumentHelp("The copies.", valueName: "copy"), completion: .directory)
    var copies: [String]

    @OptionGroup var output: OutputOptions

    mutating func run() throws {
        var change = try orRefuse { try CeremonyBundle(folder: bundle) }
        var count = 0
        for copy in copies { count += try orRefuse { try change.merge(try CeremonyBundle(folder: copy)) } }
        try orRefuse { try change.writeProposals(toFolder: bundle) }
        try output.show(BundleReport(bundle: change, now: .now, heading: .merged(signatures: count)))
        guard change.isComplete else { throw ExitCode.incomplete }
    }
}
