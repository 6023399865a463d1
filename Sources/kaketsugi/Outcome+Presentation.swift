// SPDX-License-Identifier: Apache-2.0

import CommandLineOutput
import LinuxSystem
import LivePatch
import ProcessPatcher

extension Outcome: Presentable {
    /// The JSON of `apply` and `revert`.
    struct Report: Encodable {
        struct Process: Encodable {
            var pid: Int32
            var name: String
            var result: String
            var reason: String?
            var pauseMicroseconds: Double
            var mappingMicroseconds: Double
            var attempts: Int
            var replacedLevel: Int?
            var freedBytes: UInt64
            var functions: [String]
            var unwindable: Bool
        }

        struct Patch: Encodable {
            var patch: String
            var target: String?
            var buildID: String?
        }

        var schemaVersion = 1
        var command: String
        var patch: String
        var target: String?
        var buildID: String?
        /// All of them, the one above too.
        var patches: [Patch]
        var processes: [Process]
        var forbidden: [Int32]
    }

    var report: Report {
        let named = patches.map { id, manifest in
            Report.Patch(
                patch: id.description, target: manifest?.target.name,
                buildID: manifest.map { "\($0.target.buildID)" })
        }
        return Report(
            command: kind.rawValue, patch: named.first?.patch ?? "", target: named.first?.target,
            buildID: named.first?.buildID, patches: named,
            processes: reports.map { report in
                Report.Process(
                    pid: report.process.rawValue, name: report.name, result: report.word(for: kind),
                    reason: report.reason?.english, pauseMicroseconds: report.pause.microseconds,
                    mappingMicroseconds: report.mappingPause.microseconds, attempts: report.attempts,
                    replacedLevel: report.replacedLevel, freedBytes: report.freed,
                    functions: report.functions, unwindable: report.isUnwindable)
            },
            forbidden: forbidden.map(\.rawValue))
    }

    func text(in language: Language) -> String {
        var lines = reports.map { $0.lines(for: kind, in: language) }
        let target = patches.map { id, manifest in manifest?.target.name ?? id.short }.joined(separator: ", ")
        if concerned == 0 {
            let text =
                kind == .apply
                ? Text.noProcess(
                    target: target,
                    buildID: patches.compactMap { $0.manifest.map { "\($0.target.buildID)" } }.joined(separator: ", "))
                : Text.noPatchedProcess(patch: patches.map(\.id.short).joined(separator: ", "))
            lines.append(TextLayout.wrapped(text.text(in: language), indent: 0))
        } else {
            let text =
                kind == .apply
                ? Text.patched(count: held, of: concerned, target: target)
                : Text.reverted(count: held, of: concerned, target: target)
            lines.append(text.text(in: language))
        }
        if !forbidden.isEmpty, !Privilege.mayTraceOthers {
            lines.append(Text.forbidden(count: forbidden.count).text(in: language))
        }
        return lines.joined(separator: "\n")
    }
}

extension ProcessReport {
    /// The result in one word, for programs.
    fileprivate func word(for kind: Outcome.Kind) -> String {
        switch result {
        case .done: kind == .apply ? "patched" : "reverted"
        case .already: "already"
        case .skipped: "skipped"
        case .failed: "failed"
        }
    }

    /// Why nothing was done, if so.
    fileprivate var reason: LocalizedText? {
        switch result {
        case .done, .already: nil
        case .skipped(let reason): reason.text
        case .failed(let error): error.text
        }
    }

    /// One line of facts, and below it the functions or the reason.
    fileprivate func lines(for kind: Outcome.Kind, in language: Language) -> String {
        let text: Text =
            switch result {
            case .done: .result(kind == .apply ? .patched : .reverted)
            case .already: .result(.already)
            case .skipped: .result(.skipped)
            case .failed: .result(.failed)
            }
        var line = TextLayout.padded(process.description, to: 8, atEnd: false) + "  " + TextLayout.padded(name, to: 16)
        line += "  " + TextLayout.padded(text.text(in: language), to: 9)
        if pause > .zero {
            line += "  " + Text.pause(microseconds: Int(pause.microseconds.rounded())).text(in: language)
        }
        let below = reason?.text(in: language) ?? functions.joined(separator: ", ")
        while line.last == " " { line.removeLast() }
        let lines = line + "\n" + TextLayout.wrapped(below, indent: 10)
        guard let note else { return lines }
        return lines + "\n" + TextLayout.wrapped(note.text(in: language), indent: 10)
    }
}

extension Duration {
    /// The duration in microseconds, to a tenth.
    var microseconds: Double {
        let (seconds, attoseconds) = components
        return (Double(seconds) * 1e7 + (Double(attoseconds) / 1e11).rounded()) / 10
    }
}
