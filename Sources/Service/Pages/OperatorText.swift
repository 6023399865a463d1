// SPDX-License-Identifier: Apache-2.0

internal import ServicePolicy

/// What the pages for operators say.
enum OperatorText: String, PageTexts {
    case account, accountText, activate, active, activationKey, activationKeys, actor, add, addContract, addDay, addHold
    case addKey, addUser, address, administrator, again, allHosts, announce, audit, auditIntact, auditLead, bake
    case beginRollout, behind, blocked, boot, canary, changePassword, copied, customer, day, declared, detail, disable
    case disabled, distributionAndBuild, enable, endNow, ends, english, event, events, expires, facts, failed, failureAt
    case finished, fixedInMemory, fleet, fleetLead, gone, group, groups, halt, halted, haltedBecause, haltRollBack, held
    case hold, holds, holdsLead, host, hosts, hostname, inForce, japanese, kernel, keepPassword, keyOnce, keyOnceText
    case lastHeard, latest, leaseText, limit, members, newPassword, newest, noContracts, noEvents, noFailures, noHolds
    case noHosts, noKeys, noRollouts, noTargets, noWindows, notYet, oldPasswordWrong, openAllRings, openVEX, openedAt
    case operatorRole, outcome, passwordChanged, passwordOnce, passwordTooShort, passwordsDiffer, patch, patches,
        pending
    case processes, products, productsHint, progress, quarantine, quarantined, reader, registered, release, remove,
        renew
    case resetPassword, resume, retire, retired, revoke, revokedKey, ring, ringHint, rings, rollout, rollouts
    case rolloutsLead, running, search, set, silence, silent, starts, steps, subject, succeeded, successAt, support,
        tags
    case target, technicalSupport, title, tool, total, usageRight, user, users, validTo, vulnerabilities, withLevelBelow
    case failures, buildsInUse, openSomewhere, atOriginal, notCoveredHere, done, alsoRollBack, outOf, contracts,
        textOfWindow, noEntries, begunBy,
        duration

    var text: PolicyText {
        switch self {
        case .account: PolicyText("Account", "アカウント")
        case .accountText:
            PolicyText("A new password ends all sessions of yours but this one.", "パスワードを変更すると、ほかのセッションはすべて終了します。")
        case .activate: PolicyText("Activate", "有効にする")
        case .activationKey: PolicyText("Activation key", "アクティベーションキー")
        case .activationKeys: PolicyText("Activation keys", "アクティベーションキー")
        case .active: PolicyText("active", "有効")
        case .actor: PolicyText("Who", "実行者")
        case .add: PolicyText("Add", "追加")
        case .addContract: PolicyText("Enter a contract", "契約を登録")
        case .addDay: PolicyText("Designate a day", "指定日を追加")
        case .addHold: PolicyText("Hold back", "保留を追加")
        case .addKey: PolicyText("Make an activation key", "アクティベーションキーを発行")
        case .addUser: PolicyText("Add a user", "ユーザーを追加")
        case .address: PolicyText("Address", "アドレス")
        case .administrator: PolicyText("administrator", "管理者")
        case .again: PolicyText("Once more", "もう一度入力")
        case .allHosts: PolicyText("All hosts", "すべてのホスト")
        case .alsoRollBack: PolicyText("take the patches out again", "適用済みのパッチも取り外す")
        case .announce: PolicyText("Announce maintenance", "メンテナンスを告知")
        case .atOriginal: PolicyText("original", "未適用")
        case .audit: PolicyText("Audit log", "監査ログ")
        case .auditIntact: PolicyText("Chain of hashes", "ハッシュチェーン")
        case .auditLead:
            PolicyText(
                "Who did what. Each entry holds the hash of the one before, so that none can be changed unseen.",
                "操作の記録です。各項目は直前の項目のハッシュを含むため、改変があれば検出できます。")
        case .bake: PolicyText("Bake time", "観察時間")
        case .beginRollout: PolicyText("Begin a rollout", "ロールアウトを開始")
        case .begunBy: PolicyText("Begun by", "開始者")
        case .behind: PolicyText("behind", "未更新")
        case .blocked: PolicyText("Blocked by it", "保留中の修正")
        case .boot: PolicyText("Boot", "起動")
        case .buildsInUse: PolicyText("Builds in use", "使用中のビルド")
        case .canary: PolicyText("one host first", "最初の 1 台")
        case .changePassword: PolicyText("Change the password", "パスワードを変更")
        case .contracts: PolicyText("Contracts", "契約")
        case .copied: PolicyText("copied", "複製あり")
        case .customer: PolicyText("Customer", "契約者")
        case .day: PolicyText("Day", "日付")
        case .declared: PolicyText("Declared", "申告事項")
        case .detail: PolicyText("Detail", "詳細")
        case .disable: PolicyText("Disable", "無効にする")
        case .disabled: PolicyText("disabled", "無効")
        case .distributionAndBuild: PolicyText("For", "対象")
        case .done: PolicyText("Done.", "完了しました。")
        case .duration: PolicyText("for", "経過")
        case .enable: PolicyText("Enable", "有効にする")
        case .endNow: PolicyText("End now", "終了する")
        case .ends: PolicyText("Ends (JST)", "終了 (JST)")
        case .english: PolicyText("Text in English", "英語の文面")
        case .event: PolicyText("Event", "イベント")
        case .events: PolicyText("Events", "イベント")
        case .expires: PolicyText("Expires", "有効期限")
        case .facts: PolicyText("Facts", "情報")
        case .failed: PolicyText("failed", "失敗")
        case .failureAt: PolicyText("Halt at failures", "停止する失敗数")
        case .failures: PolicyText("Hosts that failed", "失敗したホスト")
        case .finished: PolicyText("finished", "完了")
        case .fixedInMemory: PolicyText("Fixed in memory", "メモリー上で修正済み")
        case .fleet: PolicyText("Fleet", "ホスト一覧")
        case .fleetLead:
            PolicyText(
                "Every registered host, and what is in force in its memory.", "登録済みのホストと、メモリー上で有効な修正の状況です。")
        case .gone: PolicyText("gone", "対象外")
        case .group: PolicyText("Group", "グループ")
        case .groups: PolicyText("Groups", "グループ")
        case .halt: PolicyText("Halt", "停止")
        case .haltRollBack: PolicyText("Halt and take back", "停止して取り外す")
        case .halted: PolicyText("halted", "停止中")
        case .haltedBecause: PolicyText("Halted", "停止の理由")
        case .held: PolicyText("held", "保留")
        case .hold: PolicyText("Hold", "保留")
        case .holds: PolicyText("Held back", "保留")
        case .holdsLead:
            PolicyText("What is not applied on purpose, and what it costs.", "意図的に適用していないものと、その影響です。")
        case .host: PolicyText("Host", "ホスト")
        case .hostname: PolicyText("Host name", "ホスト名")
        case .hosts: PolicyText("Hosts", "ホスト")
        case .inForce: PolicyText("In force in memory", "メモリー上の状況")
        case .japanese: PolicyText("Text in Japanese", "日本語の文面")
        case .keepPassword: PolicyText("Hand it on in a safe way; it is shown only now.", "安全な方法で渡してください。表示は今回だけです。")
        case .kernel: PolicyText("Kernel", "カーネル")
        case .keyOnce: PolicyText("The new activation key", "新しいアクティベーションキー")
        case .keyOnceText:
            PolicyText("It is shown only now: only its hash is kept.", "表示は今回だけです。サーバーにはハッシュだけを保存します。")
        case .lastHeard: PolicyText("Last heard", "最終確認")
        case .latest: PolicyText("latest", "最新")
        case .leaseText: PolicyText("Right of use until", "使用権の期限")
        case .limit: PolicyText("Hosts at most", "登録数の上限")
        case .members: PolicyText("Members", "対象ホスト")
        case .newPassword: PolicyText("New password", "新しいパスワード")
        case .newest: PolicyText("Newest", "最新レベル")
        case .noContracts: PolicyText("No contract is entered yet.", "契約はまだ登録されていません。")
        case .noEntries: PolicyText("There are no entries.", "記録はありません。")
        case .noEvents: PolicyText("Nothing has happened yet.", "イベントはまだありません。")
        case .noFailures: PolicyText("No host has failed.", "失敗したホストはありません。")
        case .noHolds: PolicyText("Nothing is held back.", "保留しているものはありません。")
        case .noHosts: PolicyText("No host matches.", "該当するホストはありません。")
        case .noKeys: PolicyText("There is no activation key yet.", "アクティベーションキーはまだありません。")
        case .noRollouts: PolicyText("There has been no rollout yet.", "ロールアウトはまだありません。")
        case .noTargets: PolicyText("The host has not said yet what it runs.", "ホストからの報告はまだありません。")
        case .noWindows: PolicyText("Nothing is announced.", "告知はありません。")
        case .notCoveredHere: PolicyText("Not covered", "対象外の理由")
        case .notYet: PolicyText("Not yet fixed", "未修正")
        case .oldPasswordWrong: PolicyText("The password of now is wrong.", "現在のパスワードが違います。")
        case .openAllRings: PolicyText("Open all rings now", "すべてのリングを今すぐ開く")
        case .openVEX: PolicyText("OpenVEX document", "OpenVEX 文書")
        case .openSomewhere: PolicyText("Open on some host", "未修正のホストがある脆弱性")
        case .openedAt: PolicyText("Opened", "開始日時")
        case .operatorRole: PolicyText("operator", "運用担当者")
        case .outOf: PolicyText("of", "/")
        case .outcome: PolicyText("Outcome", "結果")
        case .passwordChanged: PolicyText("The password was changed.", "パスワードを変更しました。")
        case .passwordOnce: PolicyText("The password", "パスワード")
        case .passwordTooShort: PolicyText("The new password needs at least 12 letters.", "新しいパスワードは 12 文字以上にしてください。")
        case .passwordsDiffer: PolicyText("The two new passwords are not the same.", "新しいパスワードが一致しません。")
        case .patch: PolicyText("Patch", "パッチ")
        case .patches: PolicyText("Patches", "パッチ")
        case .pending: PolicyText("under way", "適用中")
        case .processes: PolicyText("Processes", "プロセス")
        case .products: PolicyText("Products", "製品")
        case .productsHint: PolicyText("Between spaces; none for all.", "空白区切り。空欄はすべて。")
        case .progress: PolicyText("Progress", "進捗")
        case .quarantine: PolicyText("Quarantine", "隔離")
        case .quarantined: PolicyText("quarantined", "隔離中")
        case .reader: PolicyText("reader", "閲覧者")
        case .registered: PolicyText("Registered", "登録日時")
        case .release: PolicyText("Let go", "解除")
        case .remove: PolicyText("Remove", "削除")
        case .renew: PolicyText("Add a year", "1 年更新")
        case .resetPassword: PolicyText("New password", "パスワードを再発行")
        case .resume: PolicyText("Resume", "再開")
        case .retire: PolicyText("Take off the service", "登録を解除")
        case .retired: PolicyText("retired", "解除済み")
        case .revoke: PolicyText("Revoke", "失効させる")
        case .revokedKey: PolicyText("revoked", "失効")
        case .ring: PolicyText("Ring", "リング")
        case .ringHint:
            PolicyText(
                "One a line: members, success, failures, bake time and silence in minutes. Members are canary, 10%, "
                    + "group=NAME, tag=NAME or all.",
                "1 行に 1 リング: 対象、成功数、失敗数、観察時間 (分)、無応答とみなす時間 (分)。対象は canary、10%、group=名前、tag=名前、all。")
        case .rings: PolicyText("Rings", "リング")
        case .rollout: PolicyText("Rollout", "ロールアウト")
        case .rollouts: PolicyText("Rollouts", "ロールアウト")
        case .rolloutsLead:
            PolicyText(
                "A patch comes to one host first, then to more and more; failures and silence halt it.",
                "パッチは最初の 1 台から順に広げます。失敗や無応答があれば自動で停止します。")
        case .running: PolicyText("running", "進行中")
        case .search: PolicyText("Name, system, kernel or ID", "名前・システム・カーネル・ID")
        case .set: PolicyText("Set", "設定")
        case .silence: PolicyText("Silence", "無応答")
        case .silent: PolicyText("silent", "無応答")
        case .starts: PolicyText("Begins (JST)", "開始 (JST)")
        case .steps: PolicyText("What happened", "経過")
        case .subject: PolicyText("About", "対象")
        case .succeeded: PolicyText("in force", "適用済み")
        case .successAt: PolicyText("Success", "成功数")
        case .support: PolicyText("Support", "サポート")
        case .tags: PolicyText("Tags", "タグ")
        case .target: PolicyText("Target", "対象ファイル")
        case .technicalSupport: PolicyText("Technical support", "技術サポート")
        case .textOfWindow: PolicyText("What is said", "告知文")
        case .title: PolicyText("Title", "タイトル")
        case .tool: PolicyText("Tool", "ツール")
        case .total: PolicyText("hosts", "ホスト")
        case .usageRight: PolicyText("Right of use", "使用権")
        case .user: PolicyText("User", "ユーザー")
        case .users: PolicyText("Users", "ユーザー")
        case .validTo: PolicyText("Valid until", "有効期限")
        case .vulnerabilities: PolicyText("Vulnerabilities", "脆弱性")
        case .withLevelBelow: PolicyText("behind", "未更新")
        }
    }
}
