// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CommandLineOutput
import LinuxSystem
import LivePatch
import ProcessPatcher

/// What live patches would do, over all processes.
struct Plan {
    /// What was found out about a process.
    enum Found: Sendable {
        /// It is concerned.
        case planned(PlannedProcess)
        /// It has nothing to do with the target, or has ended.
        case unconcerned
        /// It may not be looked into.
        case forbidden(ProcessID)
    }

    /// The patches; there is one at least.
    private let patches: [(id: ArtefactID, manifest: Manifest)]
    private(set) var processes: [PlannedProcess] = []
    private(set) var forbidden: [ProcessID] = []

    init(of patches: [(id: ArtefactID, manifest: Manifest)]) { self.patches = patches }

    mutating func add(_ found: [Found]) {
        for one in found {
            switch one {
            case .planned(let process): processes.append(process)
            case .unconcerned: break
            case .forbidden(let process): forbidden.append(process)
            }
        }
    }

    /// How many processes use the target and are not left alone, and how many of them will have the patch.
    private var counts: (concerned: Int, held: Int) {
        var counts = (concerned: 0, held: 0)
        for process in processes {
            switch process.action {
            case .patch, .replace, .already:
                counts.concerned += 1
                counts.held += 1
            case .refuse: counts.concerned += 1
            case .leave, .otherBuild: break
            }
        }
        return counts
    }

    /// The exit code that the plan means.
    var exitCode: ExitCode {
        let mayHaveMissed = !forbidden.isEmpty && !Privilege.mayTraceOthers
        let (concerned, held) = counts
        if concerned == 0 { return mayHaveMissed ? .nowhere : .noTarget }
        if held == 0 { return .nowhere }
        return held < concerned || mayHaveMissed ? .partly : .success
    }
}

extension Plan {
    /// Whether several patches would be applied together.
    private var isJoint: Bool { patches.count > 1 }

    /// Of the patches, those for files that a process uses.
    private func used(by process: PlannedProcess) -> [Manifest] {
        patches.filter { process.patches.contains($0.id) }.map(\.manifest)
    }

    /// The level that a process would go to, the highest of several.
    private func level(for process: PlannedProcess) -> Int {
        let used = used(by: process)
        return (used.isEmpty ? patches.map(\.manifest) : used).map(\.level).max() ?? 1
    }
}

extension Plan: Presentable {
    /// The JSON of `plan`.
    struct Report: Encodable {
        struct Process: Encodable {
            var pid: Int32
            var name: String
            var threads: Int
            var level: Int?
            /// The targets that it uses.
            var targets: [String]
            var action: String
            var reason: String?
        }

        var schemaVersion = 1
        var command = "plan"
        // The first one.
        var patch: String?
        var level: Int?
        var target: String?
        var buildID: String?
        /// All that were named.
        var patches: [PatchLine]
        var processes: [Process]
        var forbidden: [Int32]
    }

    var report: Report {
        let named = patches.map { PatchLine($0.id, $0.manifest) }
        return Report(
            patch: named.first?.patch, level: named.first?.level, target: named.first?.target,
            buildID: named.first?.buildID, patches: named,
            processes: processes.map { process in
                Report.Process(
                    pid: process.process.rawValue, name: process.name, threads: process.threads, level: process.level,
                    targets: used(by: process).map(\.target.name),
                    action: process.action.word, reason: process.action.reason?.english)
            },
            forbidden: forbidden.map(\.rawValue))
    }

    func text(in language: Language) -> String {
        var lines: [String] = []
        if processes.isEmpty {
            for (_, manifest) in patches {
                let text = Text.noProcess(target: manifest.target.name, buildID: "\(manifest.target.buildID)")
                lines.append(TextLayout.wrapped(text.text(in: language), indent: 0))
            }
        } else {
            let headings: [Text.Heading] = [.process, .name, .threads, .level] + (isJoint ? [.target] : []) + [.plan]
            let table = TextLayout.table(
                [headings.map { Text.heading($0).text(in: language) }]
                    + processes.map { process in
                        [
                            process.process.description, process.name, String(process.threads),
                            process.level.map(String.init) ?? "-",
                        ] + (isJoint ? [used(by: process).map(\.target.name).joined(separator: ", ")] : []) + [
                            Text.plan(process.action.text, level: level(for: process)).text(in: language)
                        ]
                    }
            ).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            lines.append(table[0])
            for (process, line) in zip(processes, table.dropFirst()) {
                lines.append(line)
                guard let reason = process.action.reason?.text(in: language) else { continue }
                lines.append(TextLayout.wrapped(reason, indent: 10))
            }
            let (concerned, held) = counts
            let targets = patches.map(\.manifest.target.name).joined(separator: ", ")
            let text = Text.planned(count: held, of: concerned, target: targets)
            lines.append(text.text(in: language))
            if held > 0 { lines.append(TextLayout.wrapped(Text.notForetold.text(in: language), indent: 0)) }
        }
        if !forbidden.isEmpty, !Privilege.mayTraceOthers {
            lines.append(Text.forbidden(count: forbidden.count).text(in: language))
        }
        return lines.joined(separator: "\n")
    }
}

extension PlannedProcess.Action {
    /// The action in one word, for programs.
    fileprivate var word: String {
        switch self {
        case .patch: "patch"
        case .replace: "replace"
        case .already: "already"
        case .leave: "leave"
        case .refuse: "cannot"
        case .otherBuild: "other-build"
        }
    }

    /// The action for people.
    fileprivate var text: Text.Plan {
        switch self {
        case .patch: .patch
        case .replace: .replace
        case .already: .already
        case .leave: .leave
        case .refuse: .refuse
        case .otherBuild: .otherBuild
        }
    }

    /// Why the process would not be patched.
    fileprivate var reason: LocalizedText? {
        switch self {
        case .patch, .replace, .already: nil
        case .leave(let reason): reason.text
        case .refuse(let error): error.text
        case .otherBuild(let buildID):
            LocalizedText(
                english:
                    "has a file of the target's name with build ID \(buildID); that build needs a patch of its own",
                japanese: "同名のファイル (ビルド ID \(buildID)) を使用しています。このビルド用のパッチが必要です")
        }
    }
}
