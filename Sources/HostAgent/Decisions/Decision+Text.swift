// SPDX-License-Identifier: Apache-2.0

internal import HostProtocol
package import LivePatch
internal import PatchCatalogue
internal import ServicePolicy

extension Decision {
    /// What is to be done, or why nothing, for people.
    package var text: LocalizedText {
        switch action {
        case .keep(let reason): reason.text
        case .apply(let order):
            LocalizedText(english: "would go to level \(order.level)", japanese: "レベル \(order.level) を適用します")
        case .goBack(let order):
            LocalizedText(english: "would go back to level \(order.level)", japanese: "レベル \(order.level) に戻します")
        case .revert(.ordered):
            LocalizedText(english: "would go back to the original", japanese: "元のコードに戻します")
        case .revert(.revoked(let entry)):
            LocalizedText(
                english: "would be taken out, since the patch was revoked: \(entry.reason.english)",
                japanese: "パッチが失効したため取り外します: \(entry.reason.japanese ?? entry.reason.english)")
        }
    }

    /// What is to be done, in one word, for programs.
    package var word: String {
        switch action {
        case .keep(let reason): reason.word
        case .apply: "apply"
        case .goBack: "go-back"
        case .revert: "revert"
        }
    }

    /// Whether something is to be done.
    package var isAction: Bool {
        if case .keep = action { false } else { true }
    }
}

extension Decision.Reason {
    /// Why nothing is to be done, for people.
    package var text: LocalizedText {
        switch self {
        case .current: LocalizedText(english: "has what it is to have", japanese: "最新です")
        case .noOrder: LocalizedText(english: "no patch is wanted for this build", japanese: "適用するパッチはありません")
        case .off(.file(let path)):
            LocalizedText(english: "switched off by \(path)", japanese: "\(path) により停止中です")
        case .off(.kernelCommandLine):
            LocalizedText(
                english: "switched off by kaketsugi=off on the kernel's command line",
                japanese: "カーネルのコマンドライン kaketsugi=off により停止中です")
        case .halted(let halt):
            LocalizedText(
                english: "stopped after failures since \(halt.since.text): \(halt.reason); "
                    + "`kaketsugi release` lets it go on",
                japanese: "失敗が続いたため \(halt.since.text) から停止中です: \(halt.reason)。再開は `kaketsugi release`")
        case .instructionsExpired(let end):
            LocalizedText(
                english: "the service's instructions ended at \(end.text), and it was not reached since",
                japanese: "サービスの指示は \(end.text) に期限切れです。その後サービスに接続できていません")
        case .held(let hold):
            LocalizedText(
                english: "held since \(hold.since.text)" + (hold.reason.isEmpty ? "" : ": \(hold.reason)"),
                japanese: "\(hold.since.text) から保留中です" + (hold.reason.isEmpty ? "" : ": \(hold.reason)"))
        case .revoked(let entry):
            LocalizedText(
                english: "the patch was revoked: \(entry.reason.english)",
                japanese: "パッチは失効しました: \(entry.reason.japanese ?? entry.reason.english)")
        case .settled(let cause):
            LocalizedText(
                english: cause.wish.english
                    + ", but only an administrator takes out what has been in force for two days: "
                    + "`kaketsugi rollback`",
                japanese: cause.wish.japanese
                    + "。ただし 2 日以上適用されているパッチは管理者だけが取り外せます: `kaketsugi rollback`")
        case .noRevocations(let since?):
            LocalizedText(
                english: "the list of revocations ended at \(since); a new one must come first",
                japanese: "失効リストは \(since) に期限切れです。新しいリストが必要です")
        case .noRevocations(nil):
            LocalizedText(
                english: "there is no list of revocations yet; it comes with the repository",
                japanese: "失効リストがまだありません。リポジトリから取得する必要があります")
        case .suspect:
            LocalizedText(
                english:
                    "this host went down after the patch was applied before; `kaketsugi release` lets it be tried again",
                japanese: "以前このパッチの適用後にホストが停止しました。再試行するには `kaketsugi release` を実行してください")
        case .noLease:
            LocalizedText(
                english: "there is no lease; `kaketsugi status` tells why",
                japanese: "利用権がありません。`kaketsugi status` で確認してください")
        case .leaseLapsed(let end):
            LocalizedText(
                english: "the lease ended at \(end.text); patches that are applied stay",
                japanese: "利用権は \(end.text) に終了しました。適用済みのパッチはそのままです")
        case .clockBehind(let begin):
            LocalizedText(
                english: "the lease begins at \(begin.text), so this host's clock is behind or the service's is ahead",
                japanese: "利用権の開始は \(begin.text) です。このホストまたはサービスの時計がずれています")
        case .notLeased(let product):
            LocalizedText(english: "the lease is not for \(product)", japanese: "利用権に \(product) は含まれていません")
        }
    }

    /// The reason in one word, for programs.
    package var word: String {
        switch self {
        case .current: "current"
        case .noOrder: "no-order"
        case .off: "off"
        case .halted: "halted"
        case .instructionsExpired: "instructions-expired"
        case .held: "held"
        case .revoked: "revoked"
        case .settled: "settled"
        case .noRevocations: "no-revocations"
        case .suspect: "suspect"
        case .noLease: "no-lease"
        case .leaseLapsed: "lease-lapsed"
        case .clockBehind: "clock-behind"
        case .notLeased: "not-leased"
        }
    }
}

extension Decision.Cause {
    /// What the service wants.
    fileprivate var wish: (english: String, japanese: String) {
        switch self {
        case .ordered: ("the service wants a lower level", "サービスは下位のレベルを指示しています")
        case .revoked(let entry):
            (
                "the patch was revoked: \(entry.reason.english)",
                "パッチは失効しました: \(entry.reason.japanese ?? entry.reason.english)"
            )
        }
    }
}
