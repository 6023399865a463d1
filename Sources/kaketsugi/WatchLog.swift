// SPDX-License-Identifier: Apache-2.0

import CommandLineOutput
import Glibc
import LinuxSystem
import LivePatch
import ProcessPatcher
import Synchronization

/// The news of a watch, a line or a JSON object each.
final class WatchLog: Sendable {
    private let output: Output
    private let language = Language.current
    /// The patches that are watched for.
    private let patches = Mutex<[Patch]>([])

    init(_ output: Output) { self.output = output }

    /// Prints a piece of news; when nobody reads any more, the watch ends as by a signal.
    func tell(_ news: WatchNews) {
        if case .started(let watched, _) = news { patches.withLock { $0 = watched } }
        let watched = patches.withLock { $0 }
        let line: String
        switch output {
        case .text: line = text(of: news, watched)
        case .json:
            guard let json = try? Output.line(WatchLine(news, watched)) else { return }
            line = json
        }
        if !StandardOutput.write(line: line) { kill(getpid(), SIGTERM) }
    }

    private func text(of news: WatchNews, _ watched: [Patch]) -> String {
        switch news {
        case .started(let patches, let source):
            let text = Text.watching(patches: patches.count, source.text)
            return TextLayout.wrapped(text.text(in: language), indent: 0)
        case .lost(let count): return Text.recordsLost(count).text(in: language)
        case .lookedAtAll: return Text.lookedAtAll.text(in: language)
        case .report(let report): return text(of: report, report.patches.map { watched[$0].artefact.manifest })
        case .stopped(let patched, let failed):
            return Text.watched(patched: patched, failed: failed).text(in: language)
        }
    }

    private func text(of report: WatchNews.Report, _ patches: [Manifest]) -> String {
        let process = report.process
        var isDone = false
        if case .done = process.result { isDone = true }
        var line = TextLayout.padded(process.process.description, to: 8, atEnd: false) + "  "
        line += TextLayout.padded(process.name, to: 16) + "  "
        line += TextLayout.padded(Text.result(isDone ? .patched : .failed).text(in: language), to: 9) + "  "
        line += TextLayout.harmless(patches.map { "\($0.target.name) \($0.level)" }.joined(separator: ", "))
        if isDone, let latency = report.latency {
            line += "  " + Text.latency(microseconds: Int(latency.microseconds)).text(in: language)
        }
        guard case .failed(let error) = process.result else { return line }
        line += "\n" + TextLayout.wrapped(error.text.text(in: language), indent: 10)
        if report.willRetry { line += "\n" + TextLayout.wrapped(Text.willRetry.text(in: language), indent: 10) }
        return line
    }
}

extension WatchSource {
    fileprivate var text: Text.Watching {
        switch self {
        case .events: .events
        case .mappings: .mappings
        case .processes: .processes
        case .scan: .scan
        }
    }
}
