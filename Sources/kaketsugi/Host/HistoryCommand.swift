// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CommandLineOutput
import HostAgent
import HostProtocol
import LivePatch

/// `kaketsugi history`: what was done.
struct HistoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "Show what was applied, taken out, and went wrong, the newest last.",
        discussion: "Exit codes: 0 done; 3 refused; 64 the command line is wrong.")

    @OptionGroup var output: OutputOptions

    mutating func run() throws {
        let command = try HostCommand(output.output)
        try command.show(ShownHistory(entries: try command.state().history))
    }
}

private struct ShownHistory: Presentable {
    let entries: [HistoryEntry]

    struct Report: Encodable {
        struct Entry: Encodable {
            var time: String
            var event: String
            var patch: String?
            var target: String?
            var level: Int?
            var detail: String
        }

        var schemaVersion = 1
        var entries: [Entry]
    }

    var report: Report {
        Report(
            entries: entries.map {
                Report.Entry(
                    time: $0.time.text, event: $0.kind.rawValue, patch: $0.patch?.description, target: $0.target,
                    level: $0.level, detail: $0.detail)
            })
    }

    func text(in language: Language) -> String {
        guard !entries.isEmpty else { return HostText.noHistory.text(in: language) }
        return entries.map { entry in
            var line =
                entry.time.text + "  "
                + TextLayout.padded(HostText.event(entry.kind.rawValue).text(in: language), to: 10)
            line += "  " + TextLayout.padded(entry.target ?? "-", to: 20)
            line += "  " + (entry.level.map(String.init) ?? "-") + "  " + (entry.patch?.short ?? "-")
            return TextLayout.cut(line, to: 80)
                + (entry.detail.isEmpty ? "" : "\n" + TextLayout.wrapped(entry.detail, indent: 22))
        }.joined(separator: "\n")
    }
}
