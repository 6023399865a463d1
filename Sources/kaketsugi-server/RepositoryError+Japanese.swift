// SPDX-License-Identifier: Apache-2.0

import LivePatch
import PatchCatalogue
import UpdateFramework

extension RepositoryError {
    /// What was refused, for operators.
    var reason: LocalizedReason { LocalizedReason(description, japanese) }

    private var japanese: String {
        switch self {
        case .signing(let key, let reason): "鍵 \(key) で署名できませんでした: \(reason)"
        case .notASigner(let key): "鍵 \(key) の署名はここでは有効になりません"
        case .noSuchKey(let key, let role): "ロール \(role) に鍵 \(key) はありません"
        case .keyInUse(let key, let role): "ロール \(role) には鍵 \(key) がすでにあります"
        case .tooFewKeys(let role, let keys, let threshold):
            "ロール \(role) の鍵は \(keys) 個になり、必要な署名数 \(threshold) を満たせません"
        case .notComplete(let role, let valid, let threshold):
            "ロール \(role) の有効な署名は \(valid) 個です。\(threshold) 個必要です"
        case .noNextVersion(let role): "ロール \(role) のバージョン番号は上限に達しています"
        case .malformed(let error): "メタデータを受け付けられません: \(error)"
        case .badKeyFile(let reason): "鍵ファイルを受け付けられません: \(reason)"
        case .wrongPassphrase: "パスフレーズが違うか、鍵ファイルが改変されています"
        case .alreadyPublished(let file): "\(file) は別の内容で公開済みです。新しいバージョンを付けてください"
        case .missing(let file): "参照されている \(file) がありません"
        case .unusableName(let name): "\(name) はファイル名に使用できません"
        case .otherRepository: "別のリポジトリのバンドルです。ルートがここで信頼するものと一致しません"
        case .notTheFirst:
            "最初のルートの前にルートはなく、以降のルートは必ず前のルートに続きます。信頼するルートを指定してください (最初の場合は指定しません)"
        case .doesNotFollow(let role, let published, let found):
            "ロール \(role) のバージョン \(found) は公開中のバージョン \(published) に続きません。変更を作り直してください"
        case .expired(let role, let time, let now): "ロール \(role) のメタデータの期限は \(time) です (現在 \(now))"
        case .otherChange(let role): "ロール \(role) の内容が異なります。同じ変更のバンドルではありません"
        case .mustBeIssuedAgain(let role): "この変更によりロール \(role) の署名が無効になります。再発行が必要です"
        case .notDelegated(let role): "ロール \(role) に委任するロールがありません"
        case .roleExists(let role): "ロール \(role) はすでにあります"
        case .wrongContents(let target): "ターゲット \(target) の内容がないか、メタデータと一致しません"
        case .nothingProposed: "バンドルに変更が含まれていません"
        case .bundleExists(let path): "\(path) にはすでに変更があります。別のフォルダーを指定してください"
        case .notABundle(let path): "\(path) は変更のバンドルではないか、不完全です"
        case .storage(let error): "\(error)"
        }
    }
}

extension CatalogueError {
    /// What was refused, for operators.
    var reason: LocalizedReason {
        if case .repository(let error) = self { return error.reason }
        return LocalizedReason(description, japanese)
    }

    private var japanese: String {
        switch self {
        case .badName(let name): "\(name) は製品名・ディストリビューション名に使用できません (英小文字、数字、2 文字目以降の . + -)"
        case .notAPatch(let error): "ライブパッチではありません: \(error)"
        case .notProved:
            "カーネルのパッチは、仮想マシンで合格した証明とともに公開します。このパッチには証明がありません。"
                + "kaketsugi-build prove を実行してください"
        case .present(let path): "\(path) は同じ内容で公開済みです"
        case .noSuchTarget(let path): "ターゲット \(path) はどのロールにもありません"
        case .badField(let field): "リポジトリの情報を受け付けられません: \(field) がないか不正です"
        case .badRevocations(let reason): "失効リストを受け付けられません: \(reason)"
        case .noRevocations: "このリポジトリには失効リストのロールがありません"
        case .nothingToChange(let patch): "変更はありません。パッチ \(patch.short) はすでに指定の状態です"
        case .repository(let error): "\(error)"
        }
    }
}
