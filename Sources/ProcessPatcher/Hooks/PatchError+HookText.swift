// SPDX-License-Identifier: Apache-2.0

internal import LinuxSystem
internal import LivePatch

extension PatchError {
    /// What became of a hook, and what state the process is in.
    var hookText: LocalizedText {
        switch self {
        case .hookRefused(let hook, let result):
            LocalizedText(
                english: "the patch's hook \(hook) refused with \(result); \(hook.moment.state.english)",
                japanese: "パッチのフック \(hook) が \(result) を返して拒否しました。\(hook.moment.state.japanese ?? "")")
        case .hookCrashed(let hook, let signal, let address):
            LocalizedText(
                english: "the patch's hook \(hook) raised \(signal) at \(address) and was given up; "
                    + "\(hook.moment.state.english). Its author must repair it",
                japanese: "パッチのフック \(hook) が \(address) で \(signal) を起こしたため中止しました。"
                    + "\(hook.moment.state.japanese ?? "")。パッチの修正が必要です")
        case .hookTooSlow(let hook, let limit):
            LocalizedText(
                english: "the patch's hook \(hook) did not come back within \(limit) and was given up; "
                    + "\(hook.moment.state.english). Its author must repair it",
                japanese: "パッチのフック \(hook) が \(limit) 以内に終わらないため中止しました。"
                    + "\(hook.moment.state.japanese ?? "")。パッチの修正が必要です")
        case .hookUnfinished(let hook, let thread):
            LocalizedText(
                english: "the patch's hook \(hook) waits in the kernel, in thread \(thread), and cannot be given up; "
                    + "\(hook.moment.state.english), and the thread goes on when the wait ends. "
                    + "Run the command again then",
                japanese: "パッチのフック \(hook) がスレッド \(thread) のカーネル内で待っており、中止できません。"
                    + "\(hook.moment.state.japanese ?? "")。待ちが終わるとスレッドは元に戻ります。その後コマンドを再実行してください")
        case .hookRunning(let thread):
            LocalizedText(
                english: "thread \(thread) still runs a hook of the patch that an earlier command began; "
                    + "run the command again with --wait 3",
                japanese: "スレッド \(thread) は以前のコマンドが開始したフックをまだ実行中です。--wait 3 を付けて再実行してください")
        case .noThreadForHook(let last):
            LocalizedText(
                english: "no thread can run the patch's hooks: \(last.text.english)",
                japanese: "パッチのフックを実行できるスレッドがありません: \(last.text.japanese ?? "")")
        default: LocalizedText(english: "", japanese: nil)
        }
    }
}

extension Manifest.Hook.Moment {
    /// What is in force when a hook of this moment has failed.
    fileprivate var state: LocalizedText {
        switch self {
        case .beforeApply, .afterApply:
            LocalizedText(
                english: "no function is replaced, and what the hook has changed stays changed",
                japanese: "関数は置き換えられていません。フックが変更した内容はそのまま残ります")
        case .beforeRevert, .afterRevert:
            LocalizedText(
                english: "the patch stays in force, and what the hook has changed stays changed",
                japanese: "パッチは有効なままです。フックが変更した内容はそのまま残ります")
        }
    }
}
