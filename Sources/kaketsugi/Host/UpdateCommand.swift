// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CommandLineOutput
import HostAgent

/// Where the commands take what there is from.
struct SourceOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A folder with a repository, as `kaketsugi-server export` writes it: a medium, instead of the service.",
            valueName: "folder"), completion: .directory)
    var repository: String?

    @Option(
        help: ArgumentHelp("The root metadata to trust, with --repository.", valueName: "file"), completion: .file())
    var root: String?

    mutating func validate() throws {
        guard repository != nil || root == nil else { throw ValidationError("--root needs --repository.") }
    }

    var source: Agent.Source { repository.map { .medium($0, root: root) } ?? .service }
}

/// `kaketsugi update`: does what the service wants.
struct UpdateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "update",
        abstract: "Check in, and apply what the service wants this host to have.",
        discussion: """
            A patch is applied if the repository's offline keys have signed it, the service's director wants it for this \
            host, the lease is for its product, and nothing says otherwise: a hold, a revocation, a switch. All that is \
            looked at first, and then the patch is put into all processes that use its target.

            With --repository, a folder takes the place of the service, and this command that of the director: the highest \
            level for each build in use is applied. All signatures, dates and revocations are checked as ever.

            Exit codes: 0 done, or nothing to do; 2 applied in some processes, or for some targets, only; 3 refused, or in \
            none; 5 the service or its repository was not reached or is refused; 64 the command line is wrong.
            """)

    @OptionGroup var from: SourceOptions
    @OptionGroup var output: OutputOptions

    mutating func run() throws {
        let command = try HostCommand(output.output)
        let source = from.source
        let outcome = try command.run { (agent) async throws(AgentError) in
            try await agent.update(from: source, acts: true)
        }
        SoakCommand.begin(for: command.agent)
        let shown = ShownUpdate(outcome: outcome, known: try command.state().known, isPlan: false)
        try command.show(shown)
        guard shown.exitCode == .success else { throw shown.exitCode }
    }
}

/// `kaketsugi check`: asks whether there is something new.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Ask whether the service wants this host to have something new.",
        discussion: """
            The host checks in as `update` does, and applies nothing.

            Exit codes: 0 there is something new; 1 there is not; 3 refused; 5 the service or its repository was not \
            reached or is refused; 64 the command line is wrong.
            """)

    @OptionGroup var from: SourceOptions
    @OptionGroup var output: OutputOptions

    mutating func run() throws {
        let command = try HostCommand(output.output)
        let source = from.source
        let outcome = try command.run { (agent) async throws(AgentError) in
            try await agent.update(from: source, acts: false)
        }
        try command.show(ShownUpdate(outcome: outcome, known: try command.state().known, isPlan: true))
        if outcome.trouble != nil { throw ExitCode.service }
        guard outcome.decisions.contains(where: \.isNewerWanted) else { throw ExitCode(1) }
    }
}

/// What an update does, or would do, when no files are named.
func planOfUpdate(_ output: Output) throws {
    let command = try HostCommand(output)
    let outcome = try command.run { (agent) async throws(AgentError) in
        try await agent.update(from: .service, acts: false)
    }
    try command.show(ShownUpdate(outcome: outcome, known: try command.state().known, isPlan: true))
    if outcome.trouble != nil { throw ExitCode.service }
}
