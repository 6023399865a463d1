// SPDX-License-Identifier: Apache-2.0

internal import HostProtocol
package import LivePatch
internal import ServicePolicy

extension AgentError: CustomStringConvertible {
    package var description: String { text.english }

    /// What is wrong, and what to do.
    package var text: LocalizedText {
        switch self {
        case .notRegistered:
            LocalizedText(
                english: "this host is not registered; register it with `kaketsugi register KEY --server URL`",
                japanese: "このホストは登録されていません。`kaketsugi register KEY --server URL` で登録してください")
        case .registered(let server):
            LocalizedText(
                english: "this host is registered with \(server) already; `kaketsugi unregister` ends that",
                japanese: "このホストは \(server) に登録済みです。解除は `kaketsugi unregister` で行います")
        case .noTrustedRoot:
            LocalizedText(
                english: "there is no root metadata to trust; give it with --root FILE, or put it at "
                    + "/etc/kaketsugi/root.json",
                japanese: "信頼するルートメタデータがありません。--root FILE で指定するか /etc/kaketsugi/root.json に置いてください")
        case .badState(let file, let reason):
            LocalizedText(
                english:
                    "\(file) is not what this program wrote: \(reason); restore it, or remove it and register anew",
                japanese: "\(file) はこのプログラムが書いた内容ではありません: \(reason)。復元するか、削除して再登録してください")
        case .badConfiguration(let file, let line, let reason):
            LocalizedText(
                english: "\(file):\(line): \(reason.english)",
                japanese: "\(file):\(line): \(reason.japanese ?? reason.english)")
        case .openSecret(let file):
            LocalizedText(
                english: "\(file) has a password and can be read by others than root; `chmod 600 \(file)`",
                japanese: "\(file) にはパスワードがあり、root 以外も読めます。`chmod 600 \(file)` を実行してください")
        case .system(let error): LocalizedText(english: "\(error)")
        case .transport(let error):
            LocalizedText(
                english: "the service was not reached: \(error); see `kaketsugi check-connectivity`",
                japanese: "サービスに接続できません: \(error)。`kaketsugi check-connectivity` で調べてください")
        case .refused(let refusal):
            LocalizedText(
                english: "the service refuses: \(refusal.text.english)\(refusal.clause.map { " (\($0))" } ?? "")",
                japanese: "サービスが拒否しました: \(refusal.text.japanese)\(refusal.clause.map { " (\($0))" } ?? "")")
        case .badAnswer(let error):
            LocalizedText(
                english: "what the service answers is refused: \(error)",
                japanese: "サービスの応答は受け入れられません: \(error)")
        case .badStatus(let status):
            LocalizedText(
                english: "the service answers with status \(status), and nothing that this program reads; is it the "
                    + "address of a Kaketsugi server?",
                japanese: "サービスの応答 (ステータス \(status)) を解釈できません。Kaketsugi サーバーのアドレスか確認してください")
        case .update(let error):
            LocalizedText(
                english: "the repository is refused: \(error)", japanese: "リポジトリは受け入れられません: \(error)")
        case .catalogue(let error): LocalizedText(english: "\(error)")
        case .olderStatement(let type, let kept, let offered):
            LocalizedText(
                english: "the service's \(type) number \(offered) is older than \(kept), which was believed before",
                japanese: "サービスの \(type) (番号 \(offered)) は、以前に受け取った番号 \(kept) より古いものです")
        case .olderRevocations(let kept, let offered):
            LocalizedText(
                english: "the list of revocations number \(offered) is older than \(kept), which was seen before",
                japanese: "失効リスト (番号 \(offered)) は、以前に受け取った番号 \(kept) より古いものです")
        case .notThePatch(let expected, let found):
            LocalizedText(
                english:
                    "the repository has not the patch that was ordered: \(expected.short) was, and it has \(found)",
                japanese: "指示されたパッチ \(expected.short) がリポジトリにありません (\(found))")
        case .notFetched(let patch):
            LocalizedText(
                english: "patch \(patch.short) is not on this host yet, and there is no connection to bring it",
                japanese: "パッチ \(patch.short) はまだこのホストになく、接続できないため取得できません")
        case .badPatch(let patch, let error):
            LocalizedText(
                english: "patch \(patch.short) cannot be read: \(error)",
                japanese: "パッチ \(patch.short) を読み取れません: \(error)")
        case .childFailed(let command, let reason):
            LocalizedText(
                english: "`kaketsugi \(command)`, which this program started, \(reason)",
                japanese: "起動した `kaketsugi \(command)` が失敗しました: \(reason)")
        case .nothingToRollBack(let target):
            LocalizedText(
                english: "there is no level of \(target) that this host has applied",
                japanese: "\(target) に適用したレベルはありません")
        case .noSuchTarget(let name):
            LocalizedText(
                english: "no target \(name) is in use or applied; `kaketsugi info` shows those that are",
                japanese: "使用中または適用済みの対象に \(name) はありません。`kaketsugi info` で確認してください")
        }
    }
}
