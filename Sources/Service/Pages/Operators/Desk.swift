// SPDX-License-Identifier: Apache-2.0

internal import CivilTime
internal import HTTPTypes
internal import Hummingbird
internal import ServicePolicy
internal import ServiceStore

/// What the pages for operators work with.
struct Desk: Sendable {
    let renderer: PageRenderer
    let forms: Forms
    let watch: RepositoryWatch

    var store: ServiceStore { forms.store }
    var now: Moment { Moment(seconds: DateClock.seconds) }

    /// A page; what a form has done is said above it.
    func page<View: PageView>(
        _ view: View, _ title: String, _ request: Request, _ context: PageContext, refresh: Int? = nil
    ) -> Response {
        let isDone = request.uri.queryParameters["done"] != nil
        return renderer.page(
            view, titled: title, for: request, context, refresh: refresh,
            message: isDone ? .init(text: OperatorText.done.text(in: context.language), kind: "good") : nil)
    }

    /// A page; what a form has done is said above it.
    func page<View: PageView>(
        _ view: View, _ title: OperatorText, _ request: Request, _ context: PageContext
    ) -> Response {
        page(view, title.text(in: context.language), request, context)
    }

    /// Back to a page, after what a form asked for is done.
    static func done(_ address: String) -> Response { PageRedirect.response(to: address + "?done=1") }

    /// A moment for operators: in Japan's time, and written so.
    static func time(_ moment: Moment?) -> String {
        moment.map { ZonedTime($0, in: .tokyo).text } ?? "–"
    }

    /// How long ago something was, roughly.
    static func ago(_ moment: Moment, _ now: Moment, _ language: PageLanguage) -> String {
        let seconds = max(0, now.seconds - moment.seconds)
        let (number, english, japanese): (Int64, String, String) =
            switch seconds {
            case ..<120: (seconds, "s", "秒")
            case ..<7200: (seconds / 60, "min", "分")
            case ..<172_800: (seconds / 3600, "h", "時間")
            default: (seconds / 86_400, "d", "日")
            }
        return language == .japanese ? "\(number) \(japanese)前" : "\(number) \(english) ago"
    }

    /// Words of a field between spaces or commas.
    static func words(_ text: String?) -> [String] {
        (text ?? "").split { $0 == " " || $0 == "," || $0 == "、" || $0 == "　" }.map(String.init)
    }

    /// A moment as browsers write it, `2026-11-21T09:30`, in Japan's time.
    static func moment(_ text: String?) -> Moment? {
        guard let text, text.utf8.count >= 16, let day = CalendarDay(String(text.prefix(10))) else { return nil }
        let parts = text.dropFirst(11).split(separator: ":").compactMap { Int64($0) }
        guard parts.count >= 2, (0..<24).contains(parts[0]), (0..<60).contains(parts[1]) else { return nil }
        return Moment(seconds: Moment(startOf: day).seconds + parts[0] * 3600 + parts[1] * 60)
    }
}

extension UserRecord.Role {
    /// What it is called.
    var text: OperatorText {
        switch self {
        case .reader: .reader
        case .operator: .operatorRole
        case .administrator: .administrator
        }
    }
}

extension HostRecord.State {
    /// What it is called.
    var text: OperatorText {
        switch self {
        case .active: .active
        case .quarantined: .quarantined
        case .retired: .retired
        }
    }

    /// How it is coloured.
    var kind: String {
        switch self {
        case .active: "good"
        case .quarantined: "bad"
        case .retired: ""
        }
    }
}
