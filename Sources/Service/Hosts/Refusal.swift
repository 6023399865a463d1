// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes
package import HostProtocol
internal import Hummingbird
package import ServicePolicy

extension ServiceRefusal {
    /// A refusal in the usual words.
    package init(_ code: Code, retryAfter: Int64? = nil) {
        self.init(code, code.text, retryAfter: retryAfter)
    }
}

extension ServiceRefusal.Code {
    /// What it is called for people.
    package var text: PolicyText {
        switch self {
        case .malformed: PolicyText("The message is not in order.", "メッセージの形式が正しくありません。")
        case .badSignature: PolicyText("The request is not signed by the host.", "リクエストの署名が正しくありません。")
        case .badClock:
            PolicyText("The host's clock is wrong; set it and try again.", "ホストの時計がずれています。合わせてからやり直してください。")
        case .unknownHost:
            PolicyText("No such host is registered; register it again.", "登録されていないホストです。もう一度登録してください。")
        case .retired: PolicyText("The host was taken off the service.", "このホストの登録は解除されています。")
        case .unknownKey: PolicyText("There is no such activation key.", "アクティベーションキーが正しくありません。")
        case .expiredKey:
            PolicyText("The activation key, or its contract, is not valid now.", "アクティベーションキーまたは契約の有効期間外です。")
        case .exhaustedKey:
            PolicyText("The activation key has been used as often as it may.", "アクティベーションキーの登録数の上限に達しています。")
        case .copied:
            PolicyText("Another machine has the same key; take a new one.", "同じ鍵を持つ別のマシンがあります。新しい鍵で登録してください。")
        case .tooMany: PolicyText("Too many requests; come again later.", "リクエストが多すぎます。時間をおいてやり直してください。")
        case .unavailable: PolicyText("The service is not available now.", "ただいまサービスを利用できません。")
        case .notFound: PolicyText("There is nothing of that name.", "該当するものがありません。")
        case .unauthorised:
            PolicyText(
                "Patch data is for registered hosts; check in for a token.", "パッチデータの取得には登録済みホストのトークンが必要です。")
        case .tooLong: PolicyText("The message is too long.", "メッセージが長すぎます。")
        }
    }

    /// The status with which it is sent.
    var status: HTTPResponse.Status {
        switch self {
        case .malformed: .badRequest
        case .badSignature, .badClock, .unauthorised: .unauthorized
        case .unknownHost, .notFound: .notFound
        case .retired: .gone
        case .unknownKey, .expiredKey, .exhaustedKey: .forbidden
        case .copied: .conflict
        case .tooMany: .tooManyRequests
        case .unavailable: .serviceUnavailable
        case .tooLong: .contentTooLarge
        }
    }
}

/// Refusals as answers.
enum Refusal {
    /// A refusal for programs, as JSON.
    static func response(
        _ refusal: ServiceRefusal, status: HTTPResponse.Status? = nil, at clock: DateClock
    ) -> Response {
        var fields: HTTPFields = [
            .contentType: "application/json", .cacheControl: "no-store", .date: clock.now.text,
        ]
        if let seconds = refusal.retryAfter { fields[.retryAfter] = "\(seconds)" }
        return Response(
            status: status ?? refusal.code.status, headers: fields,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: refusal.encoded)))
    }
}
