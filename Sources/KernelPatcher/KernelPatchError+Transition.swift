// SPDX-License-Identifier: Apache-2.0

internal import LinuxSystem
internal import LivePatch

extension KernelPatchError {
    /// What is said of what happened after the kernel was asked.
    var transitionText: LocalizedText {
        switch self {
        case .refusedByKernel(let number, let said): Self.refusal(number, said)
        case .stalled(let time, let tasks):
            LocalizedText(
                english: "not all tasks went over within \(time.components.seconds) seconds, and all have gone back: "
                    + "\(Self.list(tasks).english); end or restart them, or try again later with a longer --kernel-wait",
                japanese: "\(time.components.seconds) 秒以内に切り替わらないタスクがあったため、すべて元に戻しました: "
                    + "\(Self.list(tasks).japanese ?? "")。該当するタスクを終了または再起動するか、--kernel-wait を長くして再実行して"
                    + "ください")
        case .stalledLeaving(let time, let tasks):
            LocalizedText(
                english:
                    "not all tasks left the patch within \(time.components.seconds) seconds, and it is in force as before: "
                    + "\(Self.list(tasks).english); end or restart them, or try again later with a longer --kernel-wait",
                japanese: "\(time.components.seconds) 秒以内にパッチから離れないタスクがあったため、パッチは引き続き有効です: "
                    + "\(Self.list(tasks).japanese ?? "")。該当するタスクを終了または再起動するか、--kernel-wait を長くして再実行して"
                    + "ください")
        case .notUndone(let tasks):
            LocalizedText(
                english:
                    "tasks have neither gone over nor come back yet: \(Self.list(tasks).english); the kernel runs on, each "
                    + "task with either all old or all new functions, and ends the transition by itself as soon as they have "
                    + "left them; run kaketsugi list",
                japanese: "切り替えも復帰も完了していないタスクがあります: \(Self.list(tasks).japanese ?? "")。各タスクは古い関数"
                    + "または新しい関数の一方だけを実行し、関数から離れると自動的に完了します。kaketsugi list で確認してください")
        case .takenOut(let module):
            LocalizedText(
                english:
                    "somebody else took the live patch \(module) out of the kernel meanwhile; run the command again",
                japanese: "途中で他の操作によりライブパッチ \(module) が解除されました。コマンドを再実行してください")
        case .complained(let said):
            LocalizedText(
                english:
                    "the kernel complained soon after the patch was loaded, and the patch was taken out; it is not loaded "
                    + "again without --after-crash. The kernel said:" + Self.quoted(said),
                japanese: "パッチの適用直後にカーネルが異常を報告したため、パッチを解除しました。--after-crash なしでは再度"
                    + "適用されません。カーネルのメッセージ:" + Self.quoted(said))
        case .complainedAndStays(let said):
            LocalizedText(
                english:
                    "the kernel complained soon after the patch was loaded, and the patch could not be taken out; start "
                    + "the machine anew. The kernel said:" + Self.quoted(said),
                japanese: "パッチの適用直後にカーネルが異常を報告しましたが、パッチを解除できませんでした。マシンを再起動して"
                    + "ください。カーネルのメッセージ:" + Self.quoted(said))
        case .notLoaded(let patch):
            LocalizedText(
                english: "the kernel does not hold patch \(patch.short)",
                japanese: "カーネルにパッチ \(patch.short) は適用されていません")
        case .moduleStays(let name, let number):
            LocalizedText(
                english:
                    "the patch is out of force, but its module \(name) could not be removed: \(number); run rmmod \(name) "
                    + "later",
                japanese: "パッチは解除されましたが、モジュール \(name) を取り外せませんでした: \(number)。後で rmmod \(name) を"
                    + "実行してください")
        default: Self.other
        }
    }

    private static func refusal(_ number: ErrorNumber, _ said: [String]) -> LocalizedText {
        let cause: LocalizedText? =
            switch number {
            // Where signatures are enforced, the number is the same for every cause (kernel/module/signing.c).
            case .keyRejected where said.contains { $0.contains("unsupported crypto") }, .noPackage:
                LocalizedText(
                    english:
                        "it lacks the algorithm of the module's signature, such as SHA-512; sign with --digest sha256",
                    japanese: "署名のアルゴリズム (SHA-512 など) に対応していません。--digest sha256 で署名してください")
            case .keyRejected, .noKey:
                LocalizedText(
                    english: "no key that it trusts has signed the module; enrol the certificate (mokutil --import)",
                    japanese: "信頼する鍵による署名がありません。証明書を登録してください (mokutil --import)")
            case .badMessage:
                LocalizedText(english: "the module's signature is damaged", japanese: "モジュールの署名が壊れています")
            case .notPermitted:
                LocalizedText(
                    english: "it does not allow it, by lockdown or by a security module",
                    japanese: "ロックダウンまたはセキュリティーモジュールにより禁止されています")
            case .notExecutable:
                LocalizedText(english: "the module is not for this kernel", japanese: "モジュールがこのカーネル用ではありません")
            default: nil
            }
        return LocalizedText(
            english: "the kernel did not take the module, and is as it was: " + (cause?.english ?? "\(number)") + "."
                + (said.isEmpty ? "" : " It said:" + quoted(said)),
            japanese: "カーネルがモジュールを受け付けませんでした (カーネルは変更されていません): "
                + (cause?.japanese ?? "\(number)") + "。" + (said.isEmpty ? "" : "カーネルのメッセージ:" + quoted(said)))
    }

    /// The kernel's words are not ours, and are marked as such.
    private static func quoted(_ said: [String]) -> String { said.map { " “\($0)”" }.joined(separator: ",") }

    private static func list(_ tasks: [BlockingTask]) -> LocalizedText {
        guard !tasks.isEmpty else {
            return LocalizedText(
                english: "no process, so that it is the idle task of a processor",
                japanese: "該当するプロセスはなく、プロセッサーのアイドルタスクです")
        }
        let named = tasks.prefix(8).map { task in
            "\(task.name) (\(task.thread))"
                + (task.stack.isEmpty ? "" : " in " + task.stack.prefix(4).joined(separator: " < "))
        }
        let rest = tasks.count - named.count
        let text = named.joined(separator: "; ")
        return LocalizedText(
            english: text + (rest > 0 ? "; and \(rest) more" : ""),
            japanese: text + (rest > 0 ? "、他 \(rest) 件" : ""))
    }
}
