// SPDX-License-Identifier: Apache-2.0

internal import HostProtocol
internal import ServicePolicy
internal import ServiceStore

/// What hosts are told where they get nothing.
enum Refusals {
    static let unknownHost = ServiceRefusal(
        .unknownHost, PolicyText("no host of that name has registered; register it first", "登録されていないホストです。先に登録してください"),
        clause: "LP-2.2")
    static let retired = ServiceRefusal(
        .retired,
        PolicyText(
            "this host was taken off the service; register it again to use the service",
            "このホストはサービスから外されています。利用するには再登録してください"), clause: "LP-2.2")
    static let mistypedKey = ServiceRefusal(
        .unknownKey,
        PolicyText(
            "the activation key has a typing error; compare it with what you were given",
            "アクティベーションキーに入力の誤りがあります。発行されたものと照合してください"))
    static let unknownKey = ServiceRefusal(
        .unknownKey,
        PolicyText("the service does not know that activation key", "このアクティベーションキーは登録されていません"))
    static let revokedKey = ServiceRefusal(
        .expiredKey, PolicyText("the activation key was revoked; ask for another", "アクティベーションキーは失効しています。新しいキーを取得してください")
    )
    static let expiredKey = ServiceRefusal(
        .expiredKey, PolicyText("the activation key has expired; ask for another", "アクティベーションキーは期限切れです。新しいキーを取得してください"))
    static let badTicket = ServiceRefusal(
        .unknownKey,
        PolicyText(
            "the ticket is not valid, or was used already; register with an activation key",
            "チケットは無効か、すでに使用されています。アクティベーションキーで登録してください"))

    static func lapsed(_ contract: String) -> ServiceRefusal {
        ServiceRefusal(
            .expiredKey,
            PolicyText(
                "the right of use of contract \(contract) is not valid now", "契約 \(contract) の利用権は現在有効ではありません"),
            clause: "LP-3.2-3")
    }

    static func exhausted(_ limit: Int) -> ServiceRefusal {
        ServiceRefusal(
            .exhaustedKey,
            PolicyText(
                "the activation key is for \(limit) hosts, and has as many; take one off the service first",
                "アクティベーションキーの上限 (\(limit) 台) に達しています。先に不要なホストを登録解除してください"))
    }

    static func copied(ticket: String) -> ServiceRefusal {
        ServiceRefusal(
            .copied,
            PolicyText(
                "another machine has the same key; this one registers anew with a key of its own",
                "同じ鍵を持つ別のマシンがあります。このマシンは新しい鍵で登録し直します"), ticket: ticket)
    }

    static let tooMany = ServiceRefusal(
        .tooMany, PolicyText("too many hosts are checking in; come again a little later", "混み合っています。しばらくしてから再接続してください"),
        retryAfter: 30)

    /// What an error of the records, or a refusal itself, is told as.
    static func failure(_ error: any Error) -> ServiceRefusal {
        if let refusal = error as? ServiceRefusal { return refusal }
        return ServiceRefusal(
            .unavailable,
            PolicyText(
                "the service has a trouble of its own; nothing was changed, come again later",
                "サービス側で問題が発生しています。変更は行われていません。後でやり直してください"), retryAfter: 60)
    }
}
