// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CommandLineOutput
import HostAgent
import HostProtocol
import LivePatch

/// `kaketsugi hold`: keeps targets at the level that they have.
struct HoldCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hold",
        abstract: "Keep a target at its level, or all of them, and show what that leaves open.",
        discussion: """
            The service is told of it at the next check-in. Revoked patches are taken out all the same.

            Exit codes: 0 held; 3 refused; 64 the command line is wrong.
            """)

    @Argument(
        help: ArgumentHelp(
            "The target: the file's name, or six or more digits of its build ID; without it, all.", valueName: "target")
    )
    var target: String?

    @Option(
        help: ArgumentHelp("Take levels up to this one; the one that it has, if nothing is said.", valueName: "number"))
    var level: Int?

    @Option(help: ArgumentHelp("Why, for those who read it later.", valueName: "text"))
    var reason = ""

    @OptionGroup var output: OutputOptions

    mutating func validate() throws {
        guard level.map({ (0...1_000_000).contains($0) }) ?? true, reason.utf8.count <= 512 else {
            throw ValidationError("--level is from 0, and --reason has at most 512 bytes.")
        }
    }

    mutating func run() throws {
        let command = try HostCommand(output.output)
        let targets = try command.survey().targets
        let builds = try command.builds(named: target, among: targets)
        let (level, reason, store, agent) = (level, reason, command.agent.store, command.agent)
        try answering { () throws(AgentError) in
            try store.change { (state) throws(AgentError) in
                for build in builds {
                    state.holds.removeAll { $0.buildID == build }
                    state.holds.append(
                        CheckIn.Hold(buildID: build, level: level, since: agent.now(state), reason: reason))
                }
            }
        }
        try command.show(ShownHolds(status: HostStatus(try command.state(), targets, agent)))
    }
}

/// `kaketsugi release`: lets held targets go on.
struct ReleaseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "release",
        abstract: "End a hold, or all holds; and let the agent go on after it has stopped by itself.",
        discussion: """
            Without a target, all holds end, a stop after failures ends, and patches after which this host went down may be \
            tried again.

            Exit codes: 0 released; 3 refused; 64 the command line is wrong.
            """)

    @Argument(
        help: ArgumentHelp(
            "The target: the file's name, or six or more digits of its build ID; without it, all.", valueName: "target")
    )
    var target: String?

    @OptionGroup var output: OutputOptions

    mutating func run() throws {
        let command = try HostCommand(output.output)
        let targets = try command.survey().targets
        let builds = try target.map { try command.builds(named: $0, among: targets) }
        let (store, agent) = (command.agent.store, command.agent)
        try answering { () throws(AgentError) in
            try store.change { (state) throws(AgentError) in
                if let builds {
                    state.holds.removeAll { builds.contains($0.buildID) }
                } else {
                    state.holds = []
                    state.resume(at: agent.now(state))
                }
            }
        }
        try command.show(ShownHolds(status: HostStatus(try command.state(), targets, agent)))
    }
}

extension HostCommand {
    /// The builds that a person means; `*` where none is named.
    func builds(named name: String?, among targets: [CheckIn.Target]) throws -> [String] {
        guard let name, name != "*" else { return ["*"] }
        let state = try state()
        let all =
            targets.map { ($0.name, $0.buildID) } + state.accepted.map { ($0.target, $0.buildID) }
            + state.holds.map { ("", $0.buildID) }
        let builds = Set(
            all.filter { $0.0 == name || name.utf8.count >= 6 && $0.1.hasPrefix(name.lowercased()) }.map(\.1))
        guard !builds.isEmpty else { throw refused(AgentError.noSuchTarget(name).text.text(in: .current)) }
        return builds.sorted()
    }
}

/// The holds, and what they leave open.
private struct ShownHolds: Presentable {
    let status: HostStatus

    struct Report: Encodable {
        struct Hold: Encodable {
            var buildID: String
            var target: String?
            var level: Int?
            var since: String
            var days: Int64
            var reason: String
            var blockedCVEs: [String]
        }

        var schemaVersion = 1
        var holds: [Hold]
    }

    var report: Report {
        Report(
            holds: status.state.holds.map { hold in
                Report.Hold(
                    buildID: hold.buildID, target: name(of: hold), level: hold.level, since: hold.since.text,
                    days: status.now.seconds(since: hold.since) / 86_400, reason: hold.reason,
                    blockedCVEs: blocked(hold))
            })
    }

    func text(in language: Language) -> String {
        guard !status.state.holds.isEmpty else { return HostText.nothingHeld.text(in: language) }
        return status.state.holds.map { hold in
            let name = name(of: hold) ?? hold.buildID
            let days = Int(clamping: status.now.seconds(since: hold.since) / 86_400)
            var text = TextLayout.wrapped(
                HostText.held(target: name, level: hold.level, days: days, reason: hold.reason).text(in: language),
                indent: 0)
            let blocked = blocked(hold)
            if !blocked.isEmpty {
                text += "\n" + TextLayout.wrapped(HostText.blockedCVEs(blocked).text(in: language), indent: 4)
            }
            return text
        }.joined(separator: "\n")
    }

    private func name(of hold: CheckIn.Hold) -> String? {
        hold.buildID == "*" ? "*" : status.targets.first { $0.buildID == hold.buildID }?.name
    }

    /// The vulnerabilities that are fixed by what a hold keeps back.
    private func blocked(_ hold: CheckIn.Hold) -> [String] {
        let patches = status.decisions.compactMap { decision -> ArtefactID? in
            guard case .keep(.held(hold)) = decision.action else { return nil }
            return decision.order?.patch
        }
        return Set(patches.flatMap(status.cves)).sorted()
    }
}
