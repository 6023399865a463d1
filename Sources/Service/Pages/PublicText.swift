// SPDX-License-Identifier: Apache-2.0

internal import ServicePolicy

/// What the pages for everybody say.
enum PublicText: String, PageTexts {
    case availabilityNote, catalogueLead, coveredBuilds, coveredSystems, designatedDays, fixedVulnerabilities, goodUntil
    case homeLead, homeTitle, howToBegin, howToBeginText, howToBeginTrust, kernels, levelsAreCumulative,
        noDesignatedDays
    case noMaintenance, noPatches, notCovered, nothingPublished, packages, password, publishedOn, publishedPatches
    case revoked, role, searchCatalogue, signInText, signatures, signaturesText, system, unannounced, userName, versions
    case emergency, planned, restartNone, restartProcess, restartSystem, critical, high, moderate, low
    case good, soon, expired, undecided, stateGood, stateGoodText, stateSoon, stateSoonText, stateExpired
    case stateExpiredText, stateMaintenance, stateMaintenanceText, stateEmpty, stateEmptyText
    case wrongPassword, tooManyTries, notFound, notFoundText, forbidden, forbiddenText, formExpired, formExpiredText
    case trouble, troubleText, tooMany, tooManyText, badForm, badFormText

    var text: PolicyText {
        switch self {
        case .availabilityNote:
            PolicyText(
                "Designated days and maintenance do not count. The service aims to be there at all other times.",
                "指定日とメンテナンスの時間は計算に含みません。それ以外の時間は常時提供を目標としています。")
        case .badForm: PolicyText("The form was not taken", "入力を受け付けられません")
        case .badFormText:
            PolicyText("Go back, look at what you entered, and send it again.", "前のページに戻り、入力内容を確認して送信し直してください。")
        case .catalogueLead:
            PolicyText(
                "Every live patch that is published: for which build of which package, and what it fixes.",
                "公開中のライブパッチの一覧です。対象のパッケージとビルド、修正した脆弱性を確認できます。")
        case .coveredBuilds: PolicyText("builds of packages", "対象ビルド")
        case .coveredSystems: PolicyText("systems covered", "対象システム")
        case .critical: PolicyText("Critical", "緊急")
        case .designatedDays: PolicyText("Designated days", "指定日")
        case .emergency: PolicyText("Urgent", "緊急")
        case .expired: PolicyText("expired", "期限切れ")
        case .trouble: PolicyText("Something went wrong here", "サーバーでエラーが発生しました")
        case .troubleText:
            PolicyText("It is not your fault, and it is in our log. Try again later.", "記録を残しました。時間をおいてやり直してください。")
        case .fixedVulnerabilities: PolicyText("vulnerabilities fixed", "修正した脆弱性")
        case .forbidden: PolicyText("Not for your role", "権限がありません")
        case .forbiddenText:
            PolicyText("Ask an administrator if you need to do this.", "必要な場合は管理者に依頼してください。")
        case .formExpired: PolicyText("The form has expired", "フォームの有効期限が切れています")
        case .formExpiredText:
            PolicyText(
                "Nothing was changed. Open the page again, and send the form from there.",
                "何も変更していません。ページを開き直してから送信してください。")
        case .good: PolicyText("good", "正常")
        case .goodUntil: PolicyText("Good until", "有効期限")
        case .high: PolicyText("High", "重要")
        case .homeLead:
            PolicyText(
                "Kaketsugi is the craft of mending cloth so that nobody sees where it was torn. Here, security fixes are "
                    + "woven into running programs: nothing stops, and nothing is restarted.",
                "かけつぎは、布の傷を跡が見えないように織り直す技です。動き続けるプログラムに脆弱性の修正を織り込み、停止も再起動もさせません。")
        case .homeTitle: PolicyText("Mended while it runs", "止めずに、繕う。")
        case .howToBegin: PolicyText("Register a host", "ホストの登録")
        case .howToBeginText:
            PolicyText(
                "With an activation key from your contract, as root on the host:",
                "契約のアクティベーションキーを用意し、ホストで root として実行します。")
        case .howToBeginTrust:
            PolicyText(
                "Compare the authority's fingerprint with the one that you were given before you trust it.",
                "ca.pem を信頼する前に、別途受け取ったフィンガープリントと照合してください。")
        case .kernels: PolicyText("Kernel packages", "カーネルパッケージ")
        case .levelsAreCumulative:
            PolicyText(
                "Levels are cumulative: each has all fixes of those before it.", "レベルは累積です。各レベルはそれまでの修正をすべて含みます。")
        case .low: PolicyText("Low", "低")
        case .moderate: PolicyText("Moderate", "警告")
        case .noDesignatedDays: PolicyText("No designated days are set.", "指定日は設定されていません。")
        case .noMaintenance: PolicyText("No maintenance is planned.", "予定されているメンテナンスはありません。")
        case .noPatches: PolicyText("No live patch matches.", "該当するライブパッチはありません。")
        case .notCovered: PolicyText("Not covered", "対象外")
        case .notFound: PolicyText("There is nothing here", "ページが見つかりません")
        case .notFoundText: PolicyText("The address may be old or mistyped.", "アドレスを確認してください。")
        case .nothingPublished: PolicyText("Nothing is published yet.", "まだ何も公開されていません。")
        case .packages: PolicyText("Packages", "パッケージ")
        case .password: PolicyText("Password", "パスワード")
        case .planned: PolicyText("Planned", "計画")
        case .publishedOn: PolicyText("Published", "公開日")
        case .publishedPatches: PolicyText("live patches", "公開中のライブパッチ")
        case .restartNone: PolicyText("none", "不要")
        case .restartProcess: PolicyText("processes", "プロセス")
        case .restartSystem: PolicyText("system", "システム")
        case .revoked: PolicyText("revoked", "失効")
        case .role: PolicyText("Role", "ロール")
        case .searchCatalogue: PolicyText("CVE, package or build ID", "CVE・パッケージ・ビルド ID")
        case .signInText: PolicyText("For operators of the service.", "サービスの運用担当者用です。")
        case .signatures: PolicyText("Signatures of the repository", "リポジトリの署名")
        case .signaturesText:
            PolicyText(
                "Hosts refuse what is past its day. The server renews its own signatures; the key holders renew theirs.",
                "期限を過ぎたものはホストが受け付けません。サーバーの署名は自動で、オフライン鍵の署名は鍵保持者が更新します。")
        case .soon: PolicyText("renew now", "要更新")
        case .stateEmpty: PolicyText("Nothing is published yet", "まだ何も公開されていません")
        case .stateEmptyText: PolicyText("The repository has no metadata.", "リポジトリにメタデータがありません。")
        case .stateExpired: PolicyText("Signatures have expired", "署名の有効期限が切れています")
        case .stateExpiredText:
            PolicyText("Hosts keep what they have, and get nothing new.", "適用済みのパッチはそのまま有効です。新しいパッチは取得できません。")
        case .stateGood: PolicyText("All is well", "正常に稼働しています")
        case .stateGoodText: PolicyText("Patches and their signatures are fresh.", "パッチと署名は最新です。")
        case .stateMaintenance: PolicyText("Under maintenance", "メンテナンス中です")
        case .stateMaintenanceText:
            PolicyText("Patches that are applied stay in force.", "適用済みのパッチはそのまま有効です。")
        case .stateSoon: PolicyText("Signatures expire soon", "署名の有効期限が近づいています")
        case .stateSoonText:
            PolicyText("The service works; its operators must renew them.", "サービスは稼働しています。運用担当者が更新します。")
        case .system: PolicyText("System", "システム")
        case .tooMany: PolicyText("Too many requests", "リクエストが多すぎます")
        case .tooManyText: PolicyText("Wait a little, and try again.", "時間をおいてやり直してください。")
        case .tooManyTries:
            PolicyText("Too many attempts. Wait a few minutes.", "試行回数が多すぎます。数分後にやり直してください。")
        case .unannounced: PolicyText("without notice", "事前通知なし")
        case .undecided: PolicyText("not announced", "未定")
        case .userName: PolicyText("User name", "ユーザー名")
        case .versions: PolicyText("Versions", "バージョン")
        case .wrongPassword: PolicyText("User name or password is wrong.", "ユーザー名またはパスワードが違います。")
        }
    }
}
