// SPDX-License-Identifier: Apache-2.0

import Director
import LivePatch
import ServiceStore

extension StoreError {
    /// The reason in both languages.
    var reason: LocalizedReason { LocalizedReason("\(self)", japanese) }

    private var japanese: String {
        switch self {
        case .unreachable(let reason): "データベースが応答しません (\(reason))。変更は行われていません。やり直してください"
        case .full: "データベースのディスクに空きがありません。変更は行われていません。空きを作ってください"
        case .busy: "データベースが混み合っています。変更は行われていません。やり直してください"
        case .conflict(let reason): "データベースが変更を拒否しました: \(reason)"
        case .statement(let code, let reason): "データベースが文を拒否しました (\(code)): \(reason)"
        case .damaged(let column): "記録が壊れています (列 \(column))"
        case .laterVersion(let migration): "このデータベースは新しいプログラムで変更されています (\(migration))。新しいプログラムを使ってください"
        case .badLocation(let text): "\(text) はデータベースではありません。フォルダーか postgres://USER@HOST/NAME を指定してください"
        case .noSuch(let kind, let name):
            switch kind {
            case .contract: "契約 \(name) はありません"
            case .activationKey: "アクティベーションキー \(name) はありません"
            case .host: "ホスト \(name) はありません"
            case .rollout: "ロールアウト \(name) はありません"
            case .user: "ユーザー \(name) はありません"
            case .hold: "保留 \(name) はありません"
            case .window: "時間帯 \(name) はありません"
            }
        }
    }
}

extension DirectorError {
    /// The reason in both languages.
    var reason: LocalizedReason {
        if case .store(let error) = self { return error.reason }
        return LocalizedReason("\(self)", japanese)
    }

    private var japanese: String? {
        switch self {
        case .noPatches: "リポジトリにある修正が指定されていません"
        case .notPublished(let patch): "修正 \(patch.short) はリポジトリにありません。先に公開してください"
        case .revoked(let patch): "修正 \(patch.short) は取り消されています。先に取り消しを解除してください"
        case .twoForOneBuild(let build): "ビルド \(build) に対する修正が 2 つあります。1 つだけ指定してください"
        case .ringCount(let count): "リングは 1 〜 20 個です (指定: \(count) 個)"
        case .canaryIsNotFirst: "カナリアは最初のリングにだけ指定できます"
        case .percentFalls(let percent): "\(percent)% は前のリングより大きくありません"
        case .badTime(let seconds): "\(seconds) 秒は指定できません (bake は 0 秒〜30 日、silence は 60 秒〜30 日)"
        case .badText(let text): "\(text.prefix(60).debugDescription) は空か長すぎます"
        case .wrongState(let rollout, let state):
            switch state {
            case .running: "ロールアウト \(rollout) は実行中です"
            case .halted: "ロールアウト \(rollout) は停止しています。先に再開してください"
            case .finished: "ロールアウト \(rollout) は完了しています"
            }
        case .store: nil
        }
    }
}
