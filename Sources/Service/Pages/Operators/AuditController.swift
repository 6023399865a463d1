// SPDX-License-Identifier: Apache-2.0

internal import Hummingbird
internal import ServicePolicy
internal import ServiceStore

/// Who did what.
struct AuditController: Sendable {
    let desk: Desk

    func addRoutes(to router: Router<PageContext>) { router.get("/audit", use: show) }

    @Sendable private func show(_ request: Request, _ context: PageContext) async throws -> Response {
        _ = try Forms.visitor(context, atLeast: .operator)
        let query = FormFields(query: request.uri.query)
        let place = Paging.place(of: query["page"])
        let subject = query["subject"]
        let verifies = query["verify"] != nil
        let (entries, verdict) = try await desk.store.read { records in
            (
                try records.audit(of: subject, page: Page(offset: place * Paging.size, limit: Paging.size + 1)),
                verifies ? try records.verifyAudit() : nil
            )
        }
        let view = AuditView(entries, verdict, subject, place: place, PageAddress(request.uri), context.language)
        return desk.page(view, .audit, request, context)
    }
}

/// The newest entries of the log.
struct AuditView: PageView {
    static let template = "audit"

    /// An entry.
    struct Row: Sendable {
        var number: Int64
        var time: String
        var actor: String
        var action: String
        var subject: String
        var address: String
        var detail: String
        var hash: String
    }

    /// What a look through the whole log found.
    struct Verdict: Sendable {
        var kind: String
        var text: String
    }

    let rows: [Row]
    let hasRows: Bool
    let verdict: Verdict?
    let subject: String?
    let newer: String?
    let older: String?
    let verifyAddress: String

    init(
        _ entries: [AuditEntry], _ verdict: AuditVerdict?, _ subject: String?, place: Int, _ address: PageAddress,
        _ language: PageLanguage
    ) {
        rows = entries.prefix(Paging.size).map { entry in
            Row(
                number: entry.number, time: Desk.time(entry.time), actor: entry.actor, action: entry.action,
                subject: entry.subject, address: PageAddress(path: "/audit").with("subject", entry.subject),
                detail: entry.detail, hash: String(entry.hash.prefix(12)))
        }
        hasRows = !rows.isEmpty
        self.subject = subject
        newer = place > 0 ? address.with("page", "\(place)") : nil
        older = entries.count > Paging.size ? address.with("page", "\(place + 2)") : nil
        verifyAddress = "/audit?verify=1"
        self.verdict = verdict.map { verdict in
            switch verdict {
            case .intact(let count, let head):
                Verdict(
                    kind: "good",
                    text: language == .japanese
                        ? "\(count) 件すべて改変されていません。最後のハッシュ: \(head)"
                        : "All \(count) entries are as they were written. The last hash: \(head)")
            case .changed(let number):
                Verdict(
                    kind: "bad",
                    text: language == .japanese
                        ? "\(number) 番の項目が書き込まれた時の内容と一致しません。"
                        : "Entry \(number) is not as it was written, or is missing.")
            }
        }
    }
}
