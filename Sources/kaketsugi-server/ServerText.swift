// SPDX-License-Identifier: Apache-2.0

import CommandLineOutput

/// What the operator's tool says, beside reasons for refusals, which are with the errors.
enum ServerText {
    case passphrase(file: String)
    case passphraseAgain
    case passphrasesDiffer
    case emptyPassphrase
    case noTerminal
    case keyExists(file: String)
    case keyCreated(file: String, publicFile: String)
    case confirm
    case notConfirmed
    case signed(roles: [String])
    case merged(signatures: Int)
    case complete
    case incomplete
    case begun(folder: String)
    case published
    case exported(metadata: Int, targets: Int, bytes: Int)
    case fingerprint(String)
    case version(role: String, Int64, after: Int64?)
    case gap
    case expires(String, days: Int64)
    case signatures(Int, of: Int, previousRoot: Bool)
    case by(String)
    case open(String)
    case noChange
    case signers(role: String, threshold: Int, of: Int?)
    case added(key: String)
    case removed(key: String)
    case weaker
    case delegated(role: String, paths: String)
    case scope(role: String, paths: String)
    case passesOn
    case undelegated(role: String)
    case target(String, replaced: Bool)
    case described(String)
    case withdrawn(String)
    case otherFields(String)
    case patch(target: String, package: String?, level: Int, vulnerabilities: [String])
    case severity(String)
    case restart(String)
    case state(State)
    case daysLeft(Int64)
    case noKeys
    case edition(Int, asOf: String)
    case covered([String], system: String?)
    case serviceEnds(String)
    case serving(String)
    case firstUser(name: String, password: String)
    case registersNobody

    /// How long metadata is good yet.
    enum State { case good, soon, expired }

    var reason: LocalizedReason { LocalizedReason(text(in: .english), text(in: .japanese)) }

    func text(in language: Language) -> String {
        switch language {
        case .english: english
        case .japanese: japanese
        }
    }

    private var english: String {
        switch self {
        case .passphrase(let file): "Passphrase of \(file): "
        case .passphraseAgain: "Once more: "
        case .passphrasesDiffer: "the two passphrases are not the same; nothing was written"
        case .emptyPassphrase: "the passphrase is empty"
        case .noTerminal: "there is no terminal to ask for the passphrase; give --passphrase-file"
        case .keyExists(let file): "\(file) exists; a key is never overwritten, name another file"
        case .keyCreated(let file, let publicFile):
            "the private key is in \(file), which stays with its holder; hand on \(publicFile)"
        case .confirm: "Sign this? [y/N] "
        case .notConfirmed: "nothing was signed; confirm the above with --yes"
        case .signed(let roles): "signed: \(roles.joined(separator: ", "))"
        case .merged(let count): "\(count) \(count == 1 ? "signature" : "signatures") taken over"
        case .complete: "All signatures are there: publish the change."
        case .incomplete: "Signatures are missing: hand the folder on."
        case .begun(let folder): "The change is in \(folder). Each key holder checks it and signs it there."
        case .published: "published"
        case .exported(let metadata, let targets, let bytes):
            "\(metadata) files of metadata and \(targets) targets are there; \(bytes) bytes were new"
        case .fingerprint(let digits): "Fingerprint of all that is signed, to compare by voice: \(digits)"
        case .version(let role, let version, let previous):
            "\(role): version \(version)" + (previous.map { ", after version \($0)" } ?? ", the first")
        case .gap: "ATTENTION: there are versions in between, whose changes are not shown; ask what became of them"
        case .expires(let time, let days): "good until \(time), for \(days) \(days == 1 ? "day" : "days")"
        case .signatures(let valid, let threshold, let isPrevious):
            "signatures\(isPrevious ? " by keys of the root before" : ""): \(valid) of \(threshold)"
        case .by(let name): "signed: \(name)"
        case .open(let names): "may yet sign: \(names)"
        case .noChange: "nothing but version and expiry is different"
        case .signers(let role, let threshold, let old):
            "\(role) needs \(threshold) \(threshold == 1 ? "signature" : "signatures")"
                + (old.map { $0 == threshold ? ", as before" : ", before it was \($0)" } ?? "")
        case .added(let key): "new key: \(key)"
        case .removed(let key): "key taken away: \(key)"
        case .weaker: "ATTENTION: fewer signatures than before are enough"
        case .delegated(let role, let paths): "from now on \(role) may speak for \(paths)"
        case .scope(let role, let paths): "\(role) may now speak for \(paths), and not what it did before"
        case .passesOn: "what it does not say, later roles may say"
        case .undelegated(let role): "\(role) may no longer speak for anything"
        case .target(let path, let replaced): "\(replaced ? "other contents for" : "new:") \(path)"
        case .described(let path): "described otherwise, with the same contents: \(path)"
        case .withdrawn(let path): "withdrawn: \(path)"
        case .otherFields(let names): "ATTENTION: fields that this program does not know: \(names)"
        case .patch(let target, let package, let level, let vulnerabilities):
            "level \(level) for \(target)" + (package.map { " of \($0)" } ?? "")
                + (vulnerabilities.isEmpty ? "" : ": \(vulnerabilities.joined(separator: ", "))")
        case .severity(let severity): "severity \(severity)"
        case .restart(let restart): "restart required: \(restart)"
        case .state(let state):
            switch state {
            case .good: "good"
            case .soon: "renew now"
            case .expired: "EXPIRED"
            }
        case .daysLeft(let days): "\(days) \(days == 1 ? "day" : "days")"
        case .edition(let number, let day): "coverage policy \(number), as of \(day)"
        case .covered(let packages, let system):
            packages.isEmpty
                ? "not covered" : "covered as \(system ?? "?"): \(packages.joined(separator: ", "))"
        case .serviceEnds(let day): "until \(day)"
        case .noKeys: "there is no public key"
        case .serving(let address): "serving at \(address)"
        case .firstUser(let name, let password):
            "first start: sign in as \(name) with the password \(password), which is shown only now"
        case .registersNobody:
            "no --key is given: what is published is served, but not signed anew, and no host can register"
        }
    }

    private var japanese: String {
        switch self {
        case .passphrase(let file): "\(file) のパスフレーズ: "
        case .passphraseAgain: "もう一度: "
        case .passphrasesDiffer: "パスフレーズが一致しません。何も書き込んでいません"
        case .emptyPassphrase: "パスフレーズが空です"
        case .noTerminal: "パスフレーズを入力する端末がありません。--passphrase-file を指定してください"
        case .keyExists(let file): "\(file) はすでにあります。鍵は上書きしません。別のファイル名を指定してください"
        case .keyCreated(let file, let publicFile): "秘密鍵 \(file) は保持者が保管し、\(publicFile) を渡してください"
        case .confirm: "署名しますか? [y/N] "
        case .notConfirmed: "署名していません。上記を確認し --yes を付けて実行してください"
        case .signed(let roles): "署名したロール: \(roles.joined(separator: ", "))"
        case .merged(let count): "署名 \(count) 個を取り込みました"
        case .complete: "署名がそろいました。変更を公開できます。"
        case .incomplete: "署名が足りません。フォルダーを次の鍵保持者に渡してください。"
        case .begun(let folder): "変更は \(folder) にあります。鍵保持者が確認して署名してください。"
        case .published: "公開しました"
        case .exported(let metadata, let targets, let bytes):
            "メタデータ \(metadata) 件、ターゲット \(targets) 件 (新規 \(bytes) バイト)"
        case .fingerprint(let digits): "署名対象全体のフィンガープリント (口頭で照合): \(digits)"
        case .version(let role, let version, let previous):
            "\(role): バージョン \(version)" + (previous.map { " (前は \($0))" } ?? " (最初)")
        case .gap: "注意: 間のバージョンの変更は表示されていません。経緯を確認してください"
        case .expires(let time, let days): "有効期限 \(time) (\(days) 日間)"
        case .signatures(let valid, let threshold, let isPrevious):
            "\(isPrevious ? "前のルートの鍵による" : "")署名: \(threshold) 個中 \(valid) 個"
        case .by(let name): "署名済み: \(name)"
        case .open(let names): "署名できる鍵: \(names)"
        case .noChange: "バージョンと有効期限以外に変更はありません"
        case .signers(let role, let threshold, let old):
            "\(role) に必要な署名は \(threshold) 個" + (old.map { $0 == threshold ? " (変更なし)" : " (前は \($0) 個)" } ?? "")
        case .added(let key): "追加する鍵: \(key)"
        case .removed(let key): "取り除く鍵: \(key)"
        case .weaker: "注意: 必要な署名数が前より少なくなります"
        case .delegated(let role, let paths): "新たに \(role) に \(paths) を委任します"
        case .scope(let role, let paths): "\(role) への委任の範囲を \(paths) に変更します"
        case .passesOn: "このロールにないものは後のロールが示すことができます"
        case .undelegated(let role): "\(role) への委任をやめます"
        case .target(let path, let replaced): "\(replaced ? "内容の変更" : "追加"): \(path)"
        case .described(let path): "説明のみ変更: \(path)"
        case .withdrawn(let path): "取り下げ: \(path)"
        case .otherFields(let names): "注意: このプログラムが知らない項目があります: \(names)"
        case .patch(let target, let package, let level, let vulnerabilities):
            "\(target)\(package.map { " (\($0))" } ?? "") 用レベル \(level)"
                + (vulnerabilities.isEmpty ? "" : ": \(vulnerabilities.joined(separator: ", "))")
        case .severity(let severity): "重大度 \(severity)"
        case .restart(let restart): "必要な再起動: \(restart)"
        case .state(let state):
            switch state {
            case .good: "正常"
            case .soon: "要更新"
            case .expired: "期限切れ"
            }
        case .daysLeft(let days): "\(days) 日"
        case .edition(let number, let day): "対象範囲ポリシー第 \(number) 版 (\(day) 時点)"
        case .covered(let packages, let system):
            packages.isEmpty ? "対象外です" : "\(system ?? "?") として対象: \(packages.joined(separator: ", "))"
        case .serviceEnds(let day): "\(day) まで"
        case .noKeys: "公開鍵がありません"
        case .serving(let address): "\(address) で稼働しています"
        case .firstUser(let name, let password):
            "初回起動: ユーザー \(name) とパスワード \(password) でサインインしてください (パスワードは今回だけ表示します)"
        case .registersNobody: "--key が指定されていません。公開中の内容は配信しますが、署名の更新とホストの登録はできません"
        }
    }
}
