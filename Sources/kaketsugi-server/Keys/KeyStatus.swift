// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import UpdateFramework

/// `kaketsugi-server keys status`: says when signatures expire.
struct KeyStatus: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Say when the signatures of a repository expire, for people and for alarms.",
        discussion: """
            Exit codes, as monitoring programs take them: 0 all is good; 1 something should be renewed now, since less \
            than a quarter of its usual time is left; 2 something has expired, and hosts refuse it; 3 the repository \
            cannot be read.
            """)

    @OptionGroup var repository: RepositoryOption

    @Option(
        help: ArgumentHelp("The moment to look at, YYYY-MM-DDTHH:MM:SSZ; now, if it is not given.", valueName: "time"))
    var at: UpdateTime?

    @OptionGroup var output: OutputOptions

    mutating func run() throws {
        guard let publication = try orRefuse({ try repository.tree.read() }) else {
            throw refused(RepositoryError.missing(file: repository.tree.metadata + "/timestamp.json").reason)
        }
        let expiries = ExpiryReport(of: publication, at: at ?? .now)
        try output.show(PublicationReport(expiries: expiries))
        guard expiries.worst == .good else { throw ExitCode(Int32(expiries.worst.rawValue)) }
    }
}
