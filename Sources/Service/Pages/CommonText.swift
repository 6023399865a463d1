// SPDX-License-Identifier: Apache-2.0

internal import ServicePolicy

/// What stands on pages of several kinds.
enum CommonText: String, PageTexts {
    case about, all, build, clause, endOfService, fixes, kind, level, maintenance, next, now, operation, pages, places
    case previous, product, distribution, restart, severity, show, signIn, signOut, skip, state, status, statusFeed
    case targetsOnly, time, toTheBeginning, version, catalogue, coverage, save, cancel, reason, name, note, since, never
    case unlimited, delete, none, package

    var text: PolicyText {
        switch self {
        case .about: PolicyText("About", "内容")
        case .all: PolicyText("All", "すべて")
        case .build: PolicyText("Build", "ビルド")
        case .cancel: PolicyText("Cancel", "取り消し")
        case .catalogue: PolicyText("Catalogue", "カタログ")
        case .clause: PolicyText("Clause", "条項")
        case .coverage: PolicyText("Coverage", "対象範囲")
        case .delete: PolicyText("Delete", "削除")
        case .distribution: PolicyText("Distribution", "ディストリビューション")
        case .endOfService: PolicyText("End of service", "提供終了日")
        case .fixes: PolicyText("Fixes", "修正した脆弱性")
        case .kind: PolicyText("Kind", "種別")
        case .level: PolicyText("Level", "レベル")
        case .maintenance: PolicyText("Maintenance", "メンテナンス")
        case .name: PolicyText("Name", "名前")
        case .never: PolicyText("never", "なし")
        case .next: PolicyText("Next", "次へ")
        case .none: PolicyText("none", "なし")
        case .note: PolicyText("Note", "メモ")
        case .now: PolicyText("now", "実施中")
        case .operation: PolicyText("Operation", "運用")
        case .package: PolicyText("Package", "パッケージ")
        case .pages: PolicyText("Pages", "ページ")
        case .places: PolicyText("Places", "メニュー")
        case .previous: PolicyText("Previous", "前へ")
        case .product: PolicyText("Product", "製品")
        case .reason: PolicyText("Reason", "理由")
        case .restart: PolicyText("Restart", "再起動")
        case .save: PolicyText("Save", "保存")
        case .severity: PolicyText("Severity", "重大度")
        case .show: PolicyText("Show", "表示")
        case .signIn: PolicyText("Sign in", "サインイン")
        case .signOut: PolicyText("Sign out", "サインアウト")
        case .since: PolicyText("Since", "開始")
        case .skip: PolicyText("Skip to the contents", "本文へ移動")
        case .state: PolicyText("State", "状態")
        case .status: PolicyText("Status", "稼働状況")
        case .statusFeed: PolicyText("Status of the service", "サービスの稼働状況")
        case .targetsOnly:
            PolicyText(
                "All figures and times of the service are targets of our effort.",
                "サービスに関する数値や時間は、いずれも努力目標です。")
        case .time: PolicyText("Time", "日時")
        case .toTheBeginning: PolicyText("To the beginning", "トップへ")
        case .unlimited: PolicyText("no limit", "無制限")
        case .version: PolicyText("Version", "バージョン")
        }
    }
}
