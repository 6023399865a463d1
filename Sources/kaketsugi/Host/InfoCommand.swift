// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CommandLineOutput
import HostAgent
import HostProtocol
import LivePatch
import PatchCatalogue

/// `kaketsugi info`: what is fixed in memory.
struct InfoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info",
        abstract: "Show the targets in use, their levels, and the vulnerabilities that are fixed in memory.",
        discussion: """
            With --cves, only the vulnerabilities that are fixed in all processes, one a line, for scanners.

            Exit codes: 0 done; 3 refused; 64 the command line is wrong.
            """)

    @Flag(help: "Only the vulnerabilities that are fixed in memory, one a line.")
    var cves = false

    @OptionGroup var output: OutputOptions

    mutating func run() throws {
        let command = try HostCommand(output.output)
        let status = try command.status()
        let info = HostInfo(status: status)
        guard !cves else {
            for cve in info.fixed { print(cve) }
            return
        }
        try command.show(info)
    }
}

/// The targets in use, and what is fixed in them.
private struct HostInfo: Presentable {
    let status: HostStatus

    struct Report: Encodable {
        struct Target: Encodable {
            var target: String
            var buildID: String
            var level: Int
            var patch: String?
            var processes: Int
            var patched: Int
            var severity: String?
            var restart: String?
            var cves: [String]
            var openCVEs: [String]
        }

        var schemaVersion = 1
        var fixedCVEs: [String]
        var targets: [Target]
    }

    /// What is fixed in all processes that use a target.
    var fixed: [String] {
        let all = status.targets.filter { $0.patched == $0.processes }.compactMap(\.patch).flatMap(status.cves)
        return Set(all).sorted()
    }

    var report: Report {
        Report(
            fixedCVEs: fixed,
            targets: status.targets.map { target in
                let known = target.patch.flatMap { status.state.known($0)?.description }
                return Report.Target(
                    target: target.name, buildID: target.buildID, level: target.level,
                    patch: target.patch?.description, processes: target.processes, patched: target.patched,
                    severity: known?.severity.rawValue, restart: known?.restart.rawValue,
                    cves: known?.vulnerabilities ?? [], openCVEs: open(target))
            })
    }

    func text(in language: Language) -> String {
        guard !status.targets.isEmpty else { return HostText.noTargetInUse.text(in: language) }
        let headings = [
            Text.heading(.target).text(in: language), Text.heading(.level).text(in: language),
            HostText.processes.text(in: language), HostText.patched.text(in: language),
            Text.heading(.patch).text(in: language),
        ]
        let rows = status.targets.map { target in
            [
                target.name, String(target.level), String(target.processes), String(target.patched),
                target.patch?.short ?? "-",
            ]
        }
        let table = TextLayout.table([headings] + rows, limit: 28)
        var lines = table.split(separator: "\n").map(String.init)
        var index = 1
        for target in status.targets {
            index += 1
            func insert(_ text: String) {
                for line in text.split(separator: "\n") {
                    lines.insert(String(line), at: index)
                    index += 1
                }
            }
            let cves = target.patch.map(status.cves) ?? []
            if !cves.isEmpty { insert(TextLayout.wrapped(HostText.fixes(cves).text(in: language), indent: 4)) }
            let open = open(target)
            if !open.isEmpty { insert(TextLayout.wrapped(HostText.openCVEs(open).text(in: language), indent: 4)) }
        }
        return lines.joined(separator: "\n")
    }

    private func open(_ target: CheckIn.Target) -> [String] {
        let decision = status.decisions.first { $0.buildID == target.buildID }
        guard let decision, decision.isNewerWanted, let patch = decision.order?.patch else { return [] }
        return Set(status.cves(patch)).subtracting(target.patch.map(status.cves) ?? []).sorted()
    }
}
