// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CommandLineOutput
import KernelPatcher
import LinuxSystem
import LivePatch

/// What became of a command about the kernel.
struct KernelOutcome: Presentable {
    let kind: Outcome.Kind
    let outcome: KernelReport
    let manifest: Manifest?

    init(_ kind: Outcome.Kind, _ outcome: KernelReport, _ manifest: Manifest?) {
        self.kind = kind
        self.outcome = outcome
        self.manifest = manifest
    }

    /// The JSON of `apply` and `revert` of a patch of the kernel.
    struct Report: Encodable {
        struct Task: Encodable {
            var pid: Int32
            var thread: Int32
            var name: String
            var stack: [String]
        }

        /// The kernel as a process with the number 0, for who reads the JSON of processes.
        struct Kernel: Encodable {
            var pid: Int32 = 0
            var name = "kernel"
            var result: String
            var reason: String?
        }

        var schemaVersion = 1
        var command: String
        var patch: String
        var target: String?
        var buildID: String?
        var level: Int?
        var module: String?
        var result: String
        var reason: String?
        var functions: [String]
        var loadMilliseconds: Double
        var transitionMilliseconds: Double
        var soakMilliseconds: Double
        var replacedLevel: Int?
        var removedModules: [String]
        /// Modules without effect that could not be removed.
        var leftoverModules: [String]
        var blockingTasks: [Task]
        /// What the kernel said when it did not take the module, or complained.
        var kernelMessages: [String]
        var processes: [Kernel]
    }

    var report: Report {
        Report(
            command: kind.rawValue, patch: outcome.patch.description, target: manifest?.target.name,
            buildID: manifest.map { "\($0.target.buildID)" }, level: manifest?.level, module: outcome.module,
            result: word, reason: error?.text.english, functions: outcome.functions,
            loadMilliseconds: Self.milliseconds(outcome.loading),
            transitionMilliseconds: Self.milliseconds(outcome.transition),
            soakMilliseconds: Self.milliseconds(outcome.soak), replacedLevel: outcome.replacedLevel,
            removedModules: outcome.removed, leftoverModules: outcome.leftovers,
            blockingTasks: (error?.blockingTasks ?? []).map {
                Report.Task(
                    pid: $0.process.rawValue, thread: $0.thread.rawValue, name: $0.name, stack: $0.stack)
            },
            kernelMessages: error?.kernelMessages ?? [],
            processes: isConcerned ? [Report.Kernel(result: word, reason: error?.text.english)] : [])
    }

    /// Whether the kernel is the one that the patch is for, or holds it.
    private var isConcerned: Bool {
        switch error {
        case .otherKernel, .notLoaded: false
        default: true
        }
    }

    /// A duration in milliseconds, to a thousandth.
    private static func milliseconds(_ duration: Duration) -> Double {
        Double(Int(duration.microseconds.rounded())) / 1000
    }

    /// The result in one word, for programs.
    private var word: String {
        switch outcome.result {
        case .done: kind == .apply ? "patched" : "reverted"
        case .already: "already"
        case .failed: "failed"
        }
    }

    private var error: KernelPatchError? {
        guard case .failed(let error) = outcome.result else { return nil }
        return error
    }

    func text(in language: Language) -> String {
        let result: Text.Result =
            switch outcome.result {
            case .done: kind == .apply ? .patched : .reverted
            case .already: .already
            case .failed: .failed
            }
        let name = LocalizedText(english: "kernel", japanese: "カーネル").text(in: language)
        var line = TextLayout.padded(name, to: 10) + TextLayout.padded(outcome.module ?? outcome.patch.short, to: 36)
        line += "  " + TextLayout.padded(Text.result(result).text(in: language), to: 9)
        while line.last == " " { line.removeLast() }
        var lines = [line]
        lines.append(
            TextLayout.wrapped(
                error?.text.text(in: language) ?? outcome.functions.joined(separator: ", "), indent: 10))
        if outcome.result == .done { lines.append(TextLayout.wrapped(times.text(in: language), indent: 10)) }
        if !outcome.leftovers.isEmpty {
            let names = outcome.leftovers.joined(separator: " ")
            let text = LocalizedText(
                english: "the replaced module has no effect and could not be removed yet; run rmmod \(names) later",
                japanese: "置き換え済みのモジュールをまだ取り外せません (影響はありません)。後で rmmod \(names) を実行してください")
            lines.append(TextLayout.wrapped(text.text(in: language), indent: 10))
        }
        return lines.joined(separator: "\n")
    }

    private var times: LocalizedText {
        let transition = Self.rounded(outcome.transition)
        let soak = Self.rounded(outcome.soak)
        guard kind == .apply else {
            return LocalizedText(
                english: "all tasks left it within \(transition); the module is removed",
                japanese: "全タスクが \(transition) で切り替わり、モジュールを取り外しました")
        }
        let level = outcome.replacedLevel.map { level in
            LocalizedText(english: ", in place of level \(level)", japanese: " (レベル \(level) を置き換え)")
        }
        return LocalizedText(
            english: "all tasks went over within \(transition)\(level?.english ?? ""); watched for \(soak)",
            japanese: "全タスクが \(transition) で切り替わりました\(level?.japanese ?? "")。監視時間 \(soak)")
    }

    /// Milliseconds below a second, tenths of seconds above.
    private static func rounded(_ duration: Duration) -> String {
        let milliseconds = Int((duration.microseconds / 1000).rounded())
        guard milliseconds >= 1000 else { return "\(milliseconds) ms" }
        return "\(milliseconds / 1000).\(milliseconds % 1000 / 100) s"
    }

    /// Prints the outcome and ends the command.
    func finish(_ output: Output) throws {
        print(try output.render(self))
        switch outcome.result {
        case .done, .already: break
        case .failed(.notLoaded), .failed(.otherKernel): throw ExitCode.noTarget
        case .failed: throw ExitCode.nowhere
        }
    }
}
