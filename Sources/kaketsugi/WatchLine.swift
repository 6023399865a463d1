// SPDX-License-Identifier: Apache-2.0

import LinuxSystem
import LivePatch
import ProcessPatcher

/// A line of the JSON of `watch`.
struct WatchLine: Encodable {
    var schemaVersion = 1
    /// `started`, `surveyed`, `patched`, `failed`, `lost` or `stopped`.
    var event: String

    // Of `started`.
    var patches: [PatchLine]?
    var source: String?

    // Of `patched` and `failed`.
    var pid: Int32?
    var name: String?
    var patch: String?
    var level: Int?
    var target: String?
    /// All targets of the patches that the process has use for; the fields above are the first one's.
    var targets: [String]?
    var latencyMicroseconds: Double?
    var pauseMicroseconds: Double?
    var replacedLevel: Int?
    var unwindable: Bool?
    var reason: String?
    var willRetry: Bool?

    /// Of `lost`: how many records, 0 if that is not known.
    var records: UInt64?

    // Of `stopped`.
    var patched: Int?
    var failed: Int?
}

extension WatchLine {
    /// The line of a piece of news.
    init(_ news: WatchNews, _ watched: [Patch]) {
        self.init(event: news.word)
        switch news {
        case .started(let patches, let source):
            self.patches = patches.map { PatchLine($0.id, $0.artefact.manifest) }
            self.source = source.rawValue
        case .lookedAtAll: break
        case .lost(let count): records = count
        case .report(let report): fill(in: report, report.patches.map { watched[$0] })
        case .stopped(let patched, let failed):
            self.patched = patched
            self.failed = failed
        }
    }

    private mutating func fill(in report: WatchNews.Report, _ patches: [Patch]) {
        let process = report.process
        pid = process.process.rawValue
        name = process.name
        patch = patches.first?.id.description
        level = patches.first?.artefact.manifest.level
        target = patches.first?.artefact.manifest.target.name
        targets = patches.map(\.artefact.manifest.target.name)
        latencyMicroseconds = report.latency?.microseconds
        guard case .failed(let error) = process.result else {
            pauseMicroseconds = process.pause.microseconds
            replacedLevel = process.replacedLevel
            unwindable = process.isUnwindable
            return
        }
        reason = error.text.english
        willRetry = report.willRetry
    }
}

extension WatchNews {
    /// The news in one word, for programs.
    fileprivate var word: String {
        switch self {
        case .started: "started"
        case .lookedAtAll: "surveyed"
        case .lost: "lost"
        case .stopped: "stopped"
        case .report(let report):
            if case .failed = report.process.result { "failed" } else { "patched" }
        }
    }
}
