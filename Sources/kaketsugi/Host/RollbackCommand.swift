// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CommandLineOutput
import HostAgent
import HostProtocol
import LivePatch

/// `kaketsugi rollback`: goes back to the level before.
struct RollbackCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback",
        abstract: "Go back to the level before, or to the original, and hold the target there.",
        discussion: """
            The level that is left is not taken again before `kaketsugi release`. What the patch did in processes stays done; \
            hazards that its author names are confirmed by this command.

            Exit codes: 0 done; 2 in some processes; 3 refused, or in none; 64 the command line is wrong.
            """)

    @Argument(
        help: ArgumentHelp("The target: the file's name, or six or more digits of its build ID.", valueName: "target"))
    var target: String

    @Option(help: ArgumentHelp("Why, for those who read it later.", valueName: "text"))
    var reason = ""

    @OptionGroup var output: OutputOptions

    mutating func run() throws {
        let command = try HostCommand(output.output)
        let builds = try command.builds(named: target, among: try command.survey().targets)
        let (name, reason) = (target, reason)
        let outcome = try command.run { (agent) async throws(AgentError) in
            try await agent.rollBack(builds, named: name, because: reason)
        }
        SoakCommand.begin(for: command.agent)
        let shown = ShownUpdate(outcome: outcome, known: try command.state().known, isPlan: false)
        try command.show(shown)
        guard shown.exitCode == .success else { throw shown.exitCode }
    }
}
