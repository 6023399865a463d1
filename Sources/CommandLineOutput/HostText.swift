// SPDX-License-Identifier: Apache-2.0

/// What the commands that concern the service say to people, in every language.
package enum HostText: Sendable {
    /// What an agent is doing.
    package enum Step: Sendable {
        /// It looks for targets in use.
        case survey
        /// It asks the service.
        case checkIn
        /// It looks into the repository.
        case repository
        /// It brings a patch.
        case download(String)
        /// It looks at what would be done.
        case plan
        /// It applies.
        case apply
        /// It takes out.
        case revert
    }

    /// How a host stands.
    package enum Grade: Sendable {
        /// It has what it is to have.
        case latest
        /// Nothing is applied.
        case nothingApplied
        /// There is something newer.
        case newerExists
        /// The service does not cover it.
        case unsupported
    }

    /// A step of the connection to the service.
    package enum Connection: Sendable {
        /// The name of the server or of the proxy.
        case name
        /// The connection.
        case connection
        /// The proxy.
        case proxy
        /// TLS.
        case tls
        /// HTTP, and the repository.
        case service
        /// The clocks.
        case clock
        /// The token.
        case token
    }

    /// What is going on.
    case step(Step)
    /// The host is registered.
    case hostRegistered(host: String)
    /// The root was believed because the server showed it.
    case rootOfFirstUse(fingerprint: String)
    /// What the service covers; none if empty.
    case covered(products: String)
    /// The host is not registered any more, or was not.
    case hostUnregistered(Bool)
    /// The level that is in force.
    case levelNow(Int)
    /// No process uses anything that is told of.
    case noTargetInUse
    /// What was believed before holds on.
    case keptHolds
    /// In how many processes it holds now.
    case heldNow(count: Int, of: Int, level: Int)
    /// It was not applied.
    case notApplied(reason: String)
    /// How the host stands.
    case hostGrade(Grade)
    /// The server, and when it was reached last.
    case serverAndContact(server: String, contact: String?)
    /// The host is not registered.
    case notRegistered
    /// The lease, by the word of its state.
    case lease(String, until: String)
    /// The clock is behind what is known to be over.
    case clockBehind(seconds: Int64)
    /// The clocks of host and service differ.
    case clockDiffers(seconds: Int64)
    /// Vulnerabilities that are not fixed in memory.
    case openCVEs([String])
    /// Vulnerabilities that are fixed in memory.
    case fixes([String])
    /// Nothing is held.
    case nothingHeld
    /// A target is held.
    case held(target: String, level: Int?, days: Int, reason: String)
    /// What a hold leaves open.
    case blockedCVEs([String])
    /// Nothing has happened.
    case noHistory
    /// An event, by its word.
    case event(String)
    /// A heading: processes.
    case processes
    /// A heading: patched ones.
    case patched
    /// A step of the connection.
    case connection(Connection)
    /// It works, does not, or was not tried.
    case works(Bool?)
    /// A bundle for support was written.
    case bundleWritten(String)
    /// The daemon has begun.
    case daemonStarted(levels: Int)
    /// The daemon has ended.
    case daemonEnded
    /// The daemon will ask again in some seconds.
    case nextCheckIn(seconds: Int64)
    /// Events of the host that the daemon tells.
    case happened(event: String, target: String, detail: String)
    /// What watches new processes has ended.
    case watchEnded
    /// A child of the daemon has not done its work.
    case roundFailed(round: String, reason: String)
    /// A check-in was asked of a program that no daemon has started.
    case notByDaemon

    /// The text in a language.
    package func text(in language: Language) -> String {
        let texts = texts
        return language == .japanese ? texts.japanese : texts.english
    }

    private var texts: (english: String, japanese: String) {
        switch self {
        case .step(let step): step.texts
        case .hostRegistered(let host): ("registered as host \(host)", "ホスト \(host) として登録しました")
        case .rootOfFirstUse(let fingerprint):
            (
                "The root metadata was believed as the server showed it. Compare its SHA-256 with the vendor's: "
                    + fingerprint,
                "サーバーが提示したルートメタデータを信頼しました。SHA-256 を提供元の公開値と照合してください: " + fingerprint
            )
        case .covered(let products):
            products.isEmpty
                ? ("the service does not cover this host", "このホストはサービスの対象外です")
                : ("covered: \(products)", "対象: \(products)")
        case .hostUnregistered(let was):
            was
                ? ("this host is not registered any more; its patches stay", "登録を解除しました。適用済みのパッチはそのままです")
                : ("this host was not registered", "このホストは登録されていません")
        case .levelNow(let level):
            level == 0 ? ("original", "元のコード") : ("level \(level)", "レベル \(level)")
        case .noTargetInUse:
            ("no process uses a file that patches are made for", "パッチの対象となるファイルを使用するプロセスはありません")
        case .keptHolds:
            ("The above is by what the service said before.", "上記は以前にサービスから受け取った内容によるものです。")
        case .heldNow(let count, let all, let level):
            all == 0
                ? ("no process uses it any more", "使用するプロセスはなくなりました")
                : (
                    level == 0
                        ? "the original in \(count) of \(all) processes"
                        : "level \(level) in \(count) of \(all) processes",
                    level == 0
                        ? "\(all) プロセス中 \(count) プロセスを元のコードに戻しました" : "\(all) プロセス中 \(count) プロセスがレベル \(level) です"
                )
        case .notApplied(let reason): ("not done: \(reason)", "実行できませんでした: \(reason)")
        case .hostGrade(let grade): grade.texts
        case .serverAndContact(let server, let contact):
            (
                "server \(server), " + (contact.map { "reached last at \($0)" } ?? "not reached yet"),
                "サーバー \(server)、" + (contact.map { "最終接続 \($0)" } ?? "未接続")
            )
        case .notRegistered:
            ("not registered with a service", "サービスに登録されていません")
        case .lease(let state, let until): Self.lease(state, until)
        case .clockBehind(let seconds):
            (
                "the clock of this host is \(seconds) s behind what is known to be over; set it",
                "このホストの時計は少なくとも \(seconds) 秒遅れています。時計を合わせてください"
            )
        case .clockDiffers(let seconds):
            (
                "the service's clock was \(abs(seconds)) s \(seconds < 0 ? "behind" : "ahead of") this host's",
                "サービスの時計はこのホストより \(abs(seconds)) 秒\(seconds < 0 ? "遅れて" : "進んで")いました"
            )
        case .openCVEs(let cves):
            ("open: \(cves.joined(separator: ", "))", "未修正: \(cves.joined(separator: ", "))")
        case .fixes(let cves):
            ("fixed in memory: \(cves.joined(separator: ", "))", "メモリー上で修正済み: \(cves.joined(separator: ", "))")
        case .nothingHeld: ("nothing is held", "保留中の対象はありません")
        case .held(let target, let level, let days, let reason):
            (
                "\(target == "*" ? "all targets" : target): held\(level.map { " at level \($0)" } ?? "") for \(days) days"
                    + (reason.isEmpty ? "" : ": \(reason)"),
                "\(target == "*" ? "すべての対象" : target): \(level.map { "レベル \($0) で" } ?? "")保留中 (\(days) 日)"
                    + (reason.isEmpty ? "" : ": \(reason)")
            )
        case .blockedCVEs(let cves):
            ("this leaves open: \(cves.joined(separator: ", "))", "保留により未修正: \(cves.joined(separator: ", "))")
        case .noHistory: ("nothing has been done yet", "履歴はありません")
        case .event(let word): Self.event(word)
        case .processes: ("PROCESSES", "プロセス")
        case .patched: ("PATCHED", "適用済み")
        case .connection(let step): step.texts
        case .works(let works):
            switch works {
            case true?: ("works", "正常")
            case false?: ("BLOCKED", "不可")
            case nil: ("not tried", "未確認")
            }
        case .bundleWritten(let folder):
            (
                "\(folder) was written; keys, tokens and passwords are not in it",
                "\(folder) を作成しました。鍵、トークン、パスワードは含まれていません"
            )
        case .daemonStarted(let levels):
            ("started; \(levels) accepted \(levels == 1 ? "level" : "levels")", "開始しました。承認済みレベル \(levels) 件")
        case .daemonEnded: ("ended; the patches stay", "終了しました。適用済みのパッチはそのままです")
        case .nextCheckIn(let seconds): ("next check-in in \(seconds) s", "次の接続は \(seconds) 秒後です")
        case .happened(let event, let target, let detail):
            (
                "\(Self.event(event).english): \(target); \(detail)",
                "\(Self.event(event).japanese): \(target); \(detail)"
            )
        case .watchEnded:
            ("the watch for new processes has ended; it is started again", "新しいプロセスの監視が終了しました。再開します")
        case .roundFailed(let round, let reason):
            (
                "the child process for '\(round)' failed: \(reason); the daemon goes on, and tries it again",
                "子プロセス「\(round)」が失敗しました: \(reason)。デーモンは動作を続け、再試行します"
            )
        case .notByDaemon:
            (
                "this command is a part of the daemon, which starts it; `kaketsugi update` checks in by hand",
                "このコマンドはデーモンの一部で、デーモンから実行されます。手動で接続するには `kaketsugi update` を使用してください"
            )
        }
    }

    private static func lease(_ state: String, _ until: String) -> (english: String, japanese: String) {
        switch state {
        case "valid": ("lease until \(until)", "利用権の期限 \(until)")
        case "grace": ("lease over; new patches are taken until \(until)", "利用権は期限切れです。新しいパッチの適用は \(until) まで可能です")
        case "early":
            ("the lease has not begun by this host's clock; it ends at \(until)", "利用権はまだ始まっていません (期限 \(until))")
        default: ("lease ended; patches that are applied stay", "利用権は終了しました。適用済みのパッチはそのままです")
        }
    }

    private static func event(_ word: String) -> (english: String, japanese: String) {
        switch word {
        case "applied": ("applied", "適用")
        case "failed": ("failed", "失敗")
        case "reverted": ("reverted", "解除")
        case "crashed": ("crashed", "異常停止")
        case "revoked": ("revoked", "失効")
        case "halted": ("halted", "停止")
        case "resumed": ("resumed", "再開")
        default: (word, word)
        }
    }
}

extension HostText.Step {
    fileprivate var texts: (english: String, japanese: String) {
        switch self {
        case .survey: ("looking at processes", "プロセスを調べています")
        case .checkIn: ("asking the service", "サービスに接続しています")
        case .repository: ("looking into the repository", "リポジトリを確認しています")
        case .download(let patch): ("fetching patch \(patch)", "パッチ \(patch) を取得しています")
        case .plan: ("planning", "適用を確認しています")
        case .apply: ("applying", "適用しています")
        case .revert: ("taking out", "取り外しています")
        }
    }
}

extension HostText.Grade {
    fileprivate var texts: (english: String, japanese: String) {
        switch self {
        case .latest: ("this host has the latest patches", "このホストは最新です")
        case .nothingApplied: ("no patch is applied", "適用済みのパッチはありません")
        case .newerExists: ("there are newer patches than those applied", "新しいパッチがあります")
        case .unsupported: ("the service does not cover this host", "このホストはサービスの対象外です")
        }
    }
}

extension HostText.Connection {
    fileprivate var texts: (english: String, japanese: String) {
        switch self {
        case .name: ("name (DNS)", "名前解決 (DNS)")
        case .connection: ("connection (TCP)", "接続 (TCP)")
        case .proxy: ("proxy", "プロキシ")
        case .tls: ("TLS", "TLS")
        case .service: ("service (HTTP)", "サービス (HTTP)")
        case .clock: ("clock", "時計")
        case .token: ("token", "トークン")
        }
    }
}
