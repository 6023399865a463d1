// SPDX-License-Identifier: Apache-2.0

import CommandLineOutput

/// What the commands on contracts, hosts and rollouts say.
enum FleetText: Sendable {
    case none
    case shown(Int, of: Int)
    case contractAdded(String)
    case contractRenewed(String, kind: String, to: String)
    case keyAdded(String, id: String)
    case keyRevoked(String)
    case hostRetired(String)
    case rolloutBegun(String)
    case rolloutChanged(String, state: String)
    case announced(String)
    case userAdded(String)
    case passwordChanged(String)
    case auditIntact(Int64, head: String)
    case auditChanged(Int64)
    case usage
    case support
    case notConfirmed
    case emptyPassword
    case userExists(String)
    case noSuchHost(String)
    case ambiguousHost(String)
    case badWindow(String)
    case fixed
    case open
    case heldBy(String)
    case lastSeen(String)
    case copied(String)
    case halted(String)
    case ring(Int, of: Int, members: String)

    var reason: LocalizedReason { LocalizedReason(text(in: .english), text(in: .japanese)) }

    func text(in language: Language) -> String {
        switch language {
        case .english: english
        case .japanese: japanese
        }
    }

    private var english: String {
        switch self {
        case .none: "none"
        case .shown(let count, let total): "\(count) of \(total) shown; --offset shows others"
        case .contractAdded(let id): "contract \(id) is entered"
        case .contractRenewed(let id, let kind, let day): "\(kind) of contract \(id) holds to the end of \(day)"
        case .keyAdded(let key, let id):
            "\(key) is the activation key \(id). It is shown this once, and stored as a hash only: hand it on now."
        case .keyRevoked(let id): "activation key \(id) is revoked; its hosts keep what they have, and get nothing new"
        case .hostRetired(let host): "host \(host) is off the service"
        case .rolloutBegun(let id): "rollout \(id) has begun"
        case .rolloutChanged(let id, let state): "rollout \(id) is \(state)"
        case .announced(let id): "announced as \(id)"
        case .userAdded(let name): "user \(name) is entered"
        case .passwordChanged(let name): "the password of \(name) is changed, and all sessions of theirs have ended"
        case .auditIntact(let count, let head): "all \(count) entries are as they were written; the last is \(head)"
        case .auditChanged(let number):
            "entry \(number) is not as it was written, or is missing; nothing after it can be trusted"
        case .usage: "right of use"
        case .support: "technical support"
        case .notConfirmed: "nothing was changed; confirm with --yes that all rings may open at once"
        case .emptyPassword: "a password has at least 12 characters; nothing was changed"
        case .userExists(let name): "there is a user \(name) already"
        case .noSuchHost(let text): "there is no host \(text)"
        case .ambiguousHost(let text): "several hosts are called \(text); name one by its ID"
        case .badWindow(let text): "\(text) is no window: write DAYS,HH:MM-HH:MM, such as sat,sun,02:00-05:00"
        case .fixed: "fixed in memory"
        case .open: "not fixed"
        case .heldBy(let who): "held by \(who)"
        case .lastSeen(let time): "last heard \(time)"
        case .copied(let time): "another machine came with its key \(time)"
        case .halted(let why): "halted: \(why)"
        case .ring(let ring, let count, let members): "ring \(ring) of \(count) (\(members))"
        }
    }

    private var japanese: String {
        switch self {
        case .none: "ありません"
        case .shown(let count, let total): "\(total) 件中 \(count) 件を表示しています (続きは --offset)"
        case .contractAdded(let id): "契約 \(id) を登録しました"
        case .contractRenewed(let id, let kind, let day): "契約 \(id) の\(kind)は \(day) の終わりまで有効です"
        case .keyAdded(let key, let id):
            "アクティベーションキー \(id): \(key) 表示は今回限りで、保存されるのはハッシュのみです。今すぐ渡してください。"
        case .keyRevoked(let id): "キー \(id) を失効させました。登録済みホストの修正は維持され、新しい修正は提供されません"
        case .hostRetired(let host): "ホスト \(host) をサービスから外しました"
        case .rolloutBegun(let id): "ロールアウト \(id) を開始しました"
        case .rolloutChanged(let id, let state): "ロールアウト \(id) の状態: \(state)"
        case .announced(let id): "\(id) として告知しました"
        case .userAdded(let name): "ユーザー \(name) を登録しました"
        case .passwordChanged(let name): "\(name) のパスワードを変更し、全セッションを終了しました"
        case .auditIntact(let count, let head): "\(count) 件の記録はすべて書き込み時のままです。最後のハッシュ: \(head)"
        case .auditChanged(let number): "記録 \(number) が変更されているか、欠けています。以降の記録は信頼できません"
        case .usage: "利用権"
        case .support: "技術サポート"
        case .notConfirmed: "変更していません。全リングを一度に開くことを --yes で確認してください"
        case .emptyPassword: "パスワードは 12 文字以上にしてください。変更していません"
        case .userExists(let name): "ユーザー \(name) はすでに登録されています"
        case .noSuchHost(let text): "ホスト \(text) はありません"
        case .ambiguousHost(let text): "\(text) という名前のホストが複数あります。ID で指定してください"
        case .badWindow(let text): "\(text) は時間帯の指定として正しくありません (例: sat,sun,02:00-05:00)"
        case .fixed: "メモリ上で修正済み"
        case .open: "未修正"
        case .heldBy(let who): "保留: \(who)"
        case .lastSeen(let time): "最終通信 \(time)"
        case .copied(let time): "同じ鍵を持つ別のマシンが接続しました (\(time))"
        case .halted(let why): "停止: \(why)"
        case .ring(let ring, let count, let members): "リング \(ring)/\(count) (\(members))"
        }
    }
}
