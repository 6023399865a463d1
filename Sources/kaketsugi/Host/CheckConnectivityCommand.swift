// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CommandLineOutput
import HostAgent
import LivePatch

/// `kaketsugi check-connectivity`: what is blocked on the way to the service (LP-2.1-6).
struct CheckConnectivityCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check-connectivity",
        abstract: "Try the way to the service step by step, and name what is blocked.",
        discussion: """
            The steps are the name, the connection, the proxy, TLS, the service, the clocks, and the token that opens \
            patches. Settings and certificates are those that updates use.

            Exit codes: 0 nothing is blocked; 3 there is no server to try; 5 something is blocked; 64 the command line is \
            wrong.
            """)

    @Option(help: ArgumentHelp("Another server than the one that the host is registered with.", valueName: "URL"))
    var server: String?

    @OptionGroup var output: OutputOptions

    mutating func run() throws {
        let command = try HostCommand(output.output)
        let server = server
        let found = try command.run { (agent) async throws(AgentError) in try await agent.connectivity(to: server) }
        try command.show(found)
        guard found.isWhole else { throw ExitCode.service }
    }
}

extension Connectivity: Presentable {
    struct Report: Encodable {
        struct Step: Encodable {
            var step: String
            var works: Bool?
            var detail: String
        }

        var schemaVersion = 1
        var isWhole: Bool
        var steps: [Step]
    }

    var report: Report {
        Report(
            isWhole: isWhole,
            steps: Step.allCases.map {
                Report.Step(step: $0.rawValue, works: results[$0], detail: details[$0] ?? "")
            })
    }

    func text(in language: Language) -> String {
        Step.allCases.map { step in
            let line =
                TextLayout.padded(HostText.connection(step.text).text(in: language), to: 20) + "  "
                + HostText.works(results[step]).text(in: language)
            guard let detail = details[step], !detail.isEmpty else { return line }
            return line + "\n" + TextLayout.wrapped(detail, indent: 4)
        }.joined(separator: "\n")
    }
}

extension Connectivity.Step {
    fileprivate var text: HostText.Connection {
        switch self {
        case .name: .name
        case .connection: .connection
        case .proxy: .proxy
        case .tls: .tls
        case .service: .service
        case .clock: .clock
        case .token: .token
        }
    }
}

extension AgentStep {
    /// The step as people are told of it.
    var text: HostText.Step {
        switch self {
        case .survey: .survey
        case .checkIn: .checkIn
        case .repository: .repository
        case .download(let patch): .download(patch.short)
        case .plan: .plan
        case .apply: .apply
        case .revert: .revert
        }
    }
}
