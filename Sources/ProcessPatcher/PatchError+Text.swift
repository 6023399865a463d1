// SPDX-License-Identifier: Apache-2.0

internal import LinuxSystem
package import LivePatch

extension PatchError: CustomStringConvertible {
    /// The reason in English.
    package var description: String { text.english }

    /// What was refused, where, and what to do, in both languages.
    package var text: LocalizedText {
        switch self {
        case .noSuchProcess(let process):
            LocalizedText(english: "there is no process \(process)", japanese: "プロセス \(process) は存在しません")
        case .exited(let process):
            LocalizedText(english: "process \(process) has ended", japanese: "プロセス \(process) は終了しました")
        case .notPermitted(let process):
            LocalizedText(
                english: "process \(process) may not be traced by this user; run as root (CAP_SYS_PTRACE)",
                japanese: "プロセス \(process) をトレースする権限がありません。root (CAP_SYS_PTRACE) で実行してください")
        case .targetNotMapped(let buildID):
            LocalizedText(
                english: "does not use the target (build ID \(buildID))",
                japanese: "対象 (ビルド ID \(buildID)) を使用していません")
        case .mappedSeveralTimes(let buildID, let count):
            LocalizedText(
                english:
                    "has the target mapped \(count) times (build ID \(buildID)), and it cannot be told which code runs; "
                    + "restart the process with the fixed file",
                japanese: "対象 (ビルド ID \(buildID)) が \(count) か所にマップされており、対応していません。"
                    + "修正済みのファイルで再起動してください")
        case .executedAnotherProgram(let process):
            LocalizedText(
                english: "process \(process) executed another program meanwhile; run the command again",
                japanese: "プロセス \(process) は途中で別のプログラムを実行しました。コマンドを再実行してください")
        case .originalDiffers(let function, let address, let expected, let found):
            LocalizedText(
                english: "function \(function) at \(address) is not the code that the patch is for: "
                    + "expected \(bytes(expected)), found \(bytes(found)); take out what else has changed it, such as "
                    + "a debugger's breakpoint or another patcher, or restart the process with the fixed file",
                japanese: "関数 \(function) (\(address)) のコードがパッチの対象と異なります: "
                    + "期待値 \(bytes(expected))、実際 \(bytes(found))。デバッガーや他のツールによる変更を解除するか、"
                    + "修正済みのファイルで再起動してください")
        case .replacedByOther(let function, let patch):
            LocalizedText(
                english: "function \(function) is already replaced by patch \(patch.short); revert that one first",
                japanese: "関数 \(function) はすでにパッチ \(patch.short) で置き換えられています。先にそれを解除してください")
        case .notPatched(let patch):
            LocalizedText(english: "does not hold patch \(patch.short)", japanese: "パッチ \(patch.short) は適用されていません")
        case .switchUnfinished(let patches):
            LocalizedText(
                english: "a command was killed while it switched patches \(names(patches)) together; "
                    + "apply all of them in one command, or revert one of them: the others go back with it",
                japanese: "パッチ \(names(patches)) の同時切り替え中にコマンドが強制終了されました。"
                    + "すべてを一つのコマンドで適用するか、いずれかを解除してください (残りも同時に解除されます)")
        case .importNotFound(let symbol):
            LocalizedText(
                english: "no library that the process has loaded offers \(symbol), which the patch uses; "
                    + "restart the process with the library that the patch was built for, or get a patch without it",
                japanese: "パッチが使う \(symbol) を提供するライブラリーがプロセスにありません。"
                    + "パッチの対象のライブラリーで再起動するか、これを使わないパッチを入手してください")
        case .importAmbiguous(let symbol):
            LocalizedText(
                english: "several libraries that the process loaded later offer \(symbol), and it cannot be told which "
                    + "one the patched one uses; restart the process with the fixed library",
                japanese: "後から読み込まれた複数のライブラリーが \(symbol) を提供しており、どれを使うか判断できません。"
                    + "修正済みのライブラリーで再起動してください")
        case .importIndirect(let symbol):
            LocalizedText(
                english:
                    "\(symbol), which the patch uses, is chosen by the processor's features, and no file of the process "
                    + "has had it chosen so far; get a patch without it, or try again once the process has used it",
                japanese: "パッチが使う \(symbol) はプロセッサーの機能により選択される関数で、このプロセスではまだ選択されていません。"
                    + "これを使わないパッチを入手するか、プロセスがこの関数を使った後に再実行してください")
        case .notYetLinked(let path):
            LocalizedText(
                english: "the process is still loading \(path); run the command again",
                japanese: "プロセスは \(path) を読み込み中です。コマンドを再実行してください")
        case .outOfReach(let symbol, let size):
            LocalizedText(
                english: "there is no free place for \(size) bytes from which the patch reaches \(symbol); "
                    + "restart the process with the fixed file",
                japanese: "パッチから \(symbol) に届く範囲に \(size) バイトの空きがありません。"
                    + "修正済みのファイルで再起動してください")
        case .noRoomForStub(let size):
            LocalizedText(
                english: "no executable mapping has \(size) unused bytes for the code that maps memory; "
                    + "restart the process with the fixed file",
                japanese: "メモリー割り当て用コードを置く \(size) バイトの空きが実行可能領域にありません。"
                    + "修正済みのファイルで再起動してください")
        case .remoteCallFailed(let name, let number):
            LocalizedText(
                english: "the process is refused \(name): \(number)",
                japanese: "プロセス内の \(name) が失敗しました: \(number)")
        case .noUsableThread(let last):
            LocalizedText(
                english: "no thread can map memory for the patch: \(last.text.english)",
                japanese: "パッチ用メモリーを割り当てられるスレッドがありません: \(last.text.japanese ?? "")")
        case .traced(let process, let tracer):
            LocalizedText(
                english: "process \(process) is traced by process \(tracer), such as a debugger; end that first",
                japanese: "プロセス \(process) はプロセス \(tracer) (デバッガーなど) がトレース中です。先に終了してください")
        case .doesNotStop(let thread):
            LocalizedText(
                english: "thread \(thread) does not stop; it waits in the kernel, for a disk or in vfork. "
                    + "Nothing was changed; run the command again once the wait is over",
                japanese: "スレッド \(thread) が停止しません (カーネル内でディスクまたは vfork を待っています)。"
                    + "何も変更していません。待機が終わってから再実行してください")
        case .threadsKeepStarting(let process):
            LocalizedText(
                english:
                    "process \(process) starts threads faster than they can be stopped; run the command again when "
                    + "the process is less busy",
                japanese: "プロセス \(process) は停止できる速さを超えてスレッドを生成しています。"
                    + "負荷が低いときに再実行してください")
        case .notLongMode(let thread):
            LocalizedText(
                english:
                    "thread \(thread) runs 32-bit code, which is not patched; restart the process with the fixed file",
                japanese: "スレッド \(thread) は 32 ビットコードを実行中で、対応していません。"
                    + "修正済みのファイルで再起動してください")
        case .functionActive(let function, let thread, let address):
            LocalizedText(
                english: "thread \(thread) is in function \(function) (\(address)); a longer --wait may help",
                japanese: "スレッド \(thread) が関数 \(function) (\(address)) を実行中です。--wait を長くすると適用できる場合があります")
        case .stackUnknown(let thread, let stackPointer):
            LocalizedText(
                english:
                    "the stack of thread \(thread) at \(stackPointer) cannot be checked; run the command again, and if "
                    + "this stays so, restart the process with the fixed file",
                japanese: "スレッド \(thread) のスタック (\(stackPointer)) を検査できません。コマンドを再実行し、"
                    + "解消しない場合は修正済みのファイルで再起動してください")
        case .holdsNewerLevel, .levelHasHooks, .variableResized, .variableAmbiguous, .variableLeads, .variableGone:
            levelText
        case .hookRefused, .hookCrashed, .hookTooSlow, .hookUnfinished, .hookRunning, .noThreadForHook: hookText
        case .unwinderNotFound:
            LocalizedText(
                english:
                    "exceptions pass through the patch's code, and the process has no unwinder that could be told of it; "
                    + "restart the process with the fixed file",
                japanese: "例外がパッチのコードを通過しますが、プロセスに通知できるアンワインダーがありません。"
                    + "修正済みのファイルで再起動してください")
        case .unwinderUnknown(let path):
            LocalizedText(
                english:
                    "exceptions pass through the patch's code, and the process unwinds with \(path), which cannot be told "
                    + "of it; restart the process with the fixed file",
                japanese: "例外がパッチのコードを通過しますが、プロセスが使うアンワインダー \(path) には通知できません。"
                    + "修正済みのファイルで再起動してください")
        case .noThreadForUnwinding:
            LocalizedText(
                english:
                    "exceptions pass through the patch's code, and no thread waits in the kernel, so that none can tell the "
                    + "unwinder of it now; a longer --wait may help",
                japanese: "例外がパッチのコードを通過しますが、カーネル内で待機中のスレッドがないため、アンワインダーに通知できません。"
                    + "--wait を長くすると適用できる場合があります")
        case .callsUnfinished(let thread):
            LocalizedText(
                english: "thread \(thread) makes system calls for another command, which was killed or is at work. "
                    + "Nothing was changed; run the command again",
                japanese: "スレッド \(thread) が別のコマンド (強制終了されたか、実行中) のシステムコールを処理しています。"
                    + "何も変更していません。コマンドを再実行してください")
        case .unwindingUnfinished(let thread):
            LocalizedText(
                english:
                    "thread \(thread), which tells the unwinder of the patch's code, waits for a lock of the process; no "
                    + "function is replaced, and the thread goes on by itself. Run the command again",
                japanese: "アンワインダーへの通知を行うスレッド \(thread) がプロセスのロックを待っています。関数は置き換えられていません。"
                    + "スレッドは自動的に元に戻ります。コマンドを再実行してください")
        case .verificationFailed(let address, let expected, let found):
            LocalizedText(
                english: "memory at \(address) does not hold what was written: expected \(bytes(expected)), "
                    + "found \(bytes(found)); everything was undone",
                japanese: "\(address) への書き込みを確認できません: 期待値 \(bytes(expected))、実際 \(bytes(found))。"
                    + "すべて元に戻しました")
        case .notUndone(let error):
            LocalizedText(
                english: "the switch failed half way and could not be undone, run the command again: \(error)",
                japanese: "切り替えが途中で失敗し、元に戻せませんでした。コマンドを再実行してください: \(error)")
        case .system(let error):
            LocalizedText(english: "\(error)", japanese: "システムコールが失敗しました: \(error)")
        }
    }

    private func names(_ patches: [ArtefactID]) -> String { patches.map(\.short).joined(separator: ", ") }

    private func bytes(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
    }
}

extension ThreadProblem {
    /// The reason in both languages.
    var text: LocalizedText {
        switch self {
        case .ended: LocalizedText(english: "it ended", japanese: "終了しました")
        case .doesNotStop: LocalizedText(english: "it does not stop", japanese: "停止しません")
        case .notLongMode: LocalizedText(english: "it runs 32-bit code", japanese: "32 ビットコードを実行中です")
        case .restartableSequence:
            LocalizedText(english: "it is in a restartable sequence", japanese: "restartable sequence の実行中です")
        case .seccomp:
            LocalizedText(
                english: "its system calls are filtered, and suspending the filter needs CAP_SYS_ADMIN",
                japanese: "seccomp フィルターがあり、一時停止には CAP_SYS_ADMIN が必要です")
        case .largeState:
            LocalizedText(
                english: "this processor has more registers than this version can save; install a later one",
                japanese: "このバージョンでは保存できない量のレジスターがあります。新しいバージョンを使用してください")
        case .signals: LocalizedText(english: "signals keep arriving", japanese: "シグナルが届き続けています")
        }
    }
}
