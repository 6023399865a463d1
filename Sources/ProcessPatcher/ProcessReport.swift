// SPDX-License-Identifier: Apache-2.0

package import LinuxSystem
package import LivePatch

/// What became of one process; never silence where something was asked for.
package struct ProcessReport: Hashable, Sendable {
    /// What became of it.
    package enum Result: Hashable, Sendable {
        /// What was asked for has been done.
        case done
        /// It held before.
        case already
        /// Nothing was to be done here.
        case skipped(SkipReason)
        /// It could not be done; the process is as it was.
        case failed(PatchError)
    }

    /// Why a process is left alone.
    package enum SkipReason: Hashable, Sendable {
        /// It ended before its turn came.
        case exited
        /// It is this program, or another process that runs it.
        case itself
        /// It is the first process, whose end is the machine's, and was not named.
        case initial
        /// A pattern of the command excludes it.
        case excluded(by: String)
        /// It does not use the target.
        case targetNotUsed
        /// It does not hold the patch that is to be reverted.
        case notPatched
    }

    /// Which process.
    package var process: ProcessID
    /// The name that it goes by, empty if it is not known.
    package var name: String
    /// The patch.
    package var patch: ArtefactID
    /// The patches that the process has use for, of those that are applied together.
    package var patches: [ArtefactID]
    /// What became of it.
    package var result: Result
    /// The functions that were switched, or are.
    package var functions: [String]
    /// The longest time that all threads were stopped at once.
    package var pause: Duration = .zero
    /// How long one thread was kept from its work to map memory, before the others were stopped.
    package var mappingPause: Duration = .zero
    /// The level whose place was taken.
    package var replacedLevel: Int?
    /// How much memory of levels that are not in force any more was given back, in bytes.
    package var freed: UInt64 = 0
    /// How often all threads were stopped.
    package var attempts = 0

    /// Whether exceptions, cancellation and backtraces pass through the patch, as far as the process has any.
    package var isUnwindable = true

    /// A report that is still to be filled in.
    init(_ process: ProcessID, _ patch: ArtefactID, functions: [String] = []) {
        self.process = process
        self.patch = patch
        patches = [patch]
        self.functions = functions
        name = ""
        result = .done
    }

    /// A report of a process that could not even be begun with.
    package init(failed process: ProcessID, _ patch: ArtefactID, _ reason: PatchError) {
        self.init(process, patch)
        result = .failed(reason)
    }
}

extension ProcessReport {
    /// What a process that is patched lacks, in both languages; nil if it lacks nothing.
    package var note: LocalizedText? {
        guard !isUnwindable, result == .done || result == .already else { return nil }
        return LocalizedText(
            english:
                "no thread waited where it could tell the unwinder of the new code: an exception that passes through it "
                + "ends the process. Apply the patch again later to have it told",
            japanese: "待機中のスレッドがなく、新しいコードをアンワインダーに通知できませんでした。例外がこのコードを通過すると"
                + "プロセスが終了します。後でもう一度適用すると通知されます")
    }
}

extension ProcessReport.SkipReason {
    /// The reason in both languages.
    package var text: LocalizedText {
        switch self {
        case .exited: LocalizedText(english: "has ended", japanese: "終了しました")
        case .itself: LocalizedText(english: "runs this program", japanese: "このプログラム自身を実行しています")
        case .initial:
            LocalizedText(
                english: "is the first process, which is only patched if it is named with --pid 1",
                japanese: "最初のプロセスです。--pid 1 で指定した場合だけ適用します")
        case .excluded(let pattern):
            LocalizedText(english: "is excluded by \(pattern)", japanese: "\(pattern) により除外されています")
        case .targetNotUsed: LocalizedText(english: "does not use the target", japanese: "対象を使用していません")
        case .notPatched: LocalizedText(english: "does not hold the patch", japanese: "パッチは適用されていません")
        }
    }
}
