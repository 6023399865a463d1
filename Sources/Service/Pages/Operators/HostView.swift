// SPDX-License-Identifier: Apache-2.0

internal import Director
internal import HostProtocol
internal import PatchCatalogue
internal import ServicePolicy
internal import ServiceStore

/// One host: what it is, what is fixed in its memory, what is held back, and what happened.
struct HostView: PageView {
    static let template = "host"

    /// What the records have of a host.
    struct Found: Sendable {
        var host: HostRecord
        var events: [HostEventRecord]
        var holds: [HoldRecord]
        var grants: [Grant]
    }

    /// A fact.
    struct Fact: Sendable {
        var name: String
        var value: String
    }

    /// A target.
    struct Target: Sendable {
        var name: String
        var buildID: String
        var shortBuildID: String
        var level: String
        var newest: String
        var state: String
        var kind: String
        var processes: String
        var fixed: [String]
        var missing: [String]
    }

    /// Something that is held back.
    struct Hold: Sendable {
        var what: String
        var level: String
        var reason: String
        var author: String
        var since: String
        var age: String
        var blocked: [String]
        /// Its name, where it can be let go here.
        var holdID: String?
    }

    /// An event.
    struct Event: Sendable {
        var time: String
        var kind: String
        var tag: String
        var detail: String
        var patch: String?
        var rollout: String?
    }

    /// Why something is not covered, or is flagged.
    struct Remark: Sendable {
        var clause: String
        var text: String
    }

    let id: String
    let name: String
    let state: String
    let stateKind: String
    let isCopied: Bool
    let facts: [Fact]
    let remarks: [Remark]
    let targets: [Target]
    let hasTargets: Bool
    let holds: [Hold]
    let hasHolds: Bool
    let events: [Event]
    let hasEvents: Bool
    let group: String
    let csrf: String
    let mayChange: Bool
    let isActive: Bool
    let isQuarantined: Bool
    let isRetired: Bool

    init(
        _ found: Found, _ catalogue: PublishedCatalogue, _ visitor: Visitor, _ language: PageLanguage, _ now: Moment
    ) {
        let host = found.host
        let memory = MemoryState(of: host, catalogue, found.holds)
        func say(_ text: OperatorText) -> String { text.text(in: language) }
        id = host.id.text
        name = host.facts.hostname
        state = say(host.state.text)
        stateKind = host.state.kind
        isCopied = host.copied != nil
        group = host.group
        facts = [
            Fact(name: "ID", value: host.id.text),
            Fact(name: PublicText.system.text(in: language), value: host.eligibility.system ?? "–"),
            Fact(name: say(.kernel), value: host.facts.kernel), Fact(name: say(.group), value: host.group),
            Fact(name: say(.tags), value: host.facts.tags.joined(separator: ", ")),
            Fact(name: say(.contracts), value: host.contract),
            Fact(name: say(.activationKey), value: host.activationKey),
            Fact(name: say(.registered), value: Desk.time(host.registered)),
            Fact(
                name: say(.lastHeard),
                value: "\(Desk.time(host.progress.seen)) (\(Desk.ago(host.progress.seen, now, language)))"),
            Fact(name: say(.address), value: host.address), Fact(name: say(.tool), value: host.facts.tool),
        ].filter { !$0.value.isEmpty }
        remarks = (host.eligibility.refusals + host.eligibility.flags).map {
            Remark(clause: $0.clause, text: language.text($0.text))
        }
        targets = memory.targets.map { Target($0, language) }
        hasTargets = !targets.isEmpty
        holds = Self.holds(found, memory, language, now)
        hasHolds = !holds.isEmpty
        events = found.events.map { Event($0, language) }
        hasEvents = !events.isEmpty
        csrf = visitor.csrf
        mayChange = visitor.role >= .operator
        isActive = host.state == .active
        isQuarantined = host.state == .quarantined
        isRetired = host.state == .retired
    }

    private static func holds(
        _ found: Found, _ memory: MemoryState, _ language: PageLanguage, _ now: Moment
    ) -> [Hold] {
        Holds(of: found.host, found.holds).holds.map { hold in
            let blocked = memory.targets.filter { $0.holds.contains(hold) }
            let names = blocked.map(\.used.name)
            let record = found.holds.first { record in
                record.scope == .host(found.host.id) && record.since == hold.since && record.reason == hold.reason
                    && record.author == hold.author
            }
            return Hold(
                what: hold.buildID.map { build in
                    found.host.targets.first { $0.buildID == build }?.name ?? String(build.prefix(12))
                } ?? hold.product
                    ?? (names.isEmpty ? CommonText.all.text(in: language) : names.joined(separator: ", ")),
                level: hold.level.map(String.init) ?? "–", reason: hold.reason, author: hold.author,
                since: Desk.time(hold.since), age: Desk.ago(hold.since, now, language),
                blocked: Set(blocked.flatMap(\.missing)).sorted(), holdID: record?.id)
        }
    }
}

extension HostView.Target {
    fileprivate init(_ target: MemoryState.Target, _ language: PageLanguage) {
        name = target.used.name
        buildID = target.used.buildID
        shortBuildID = String(target.used.buildID.prefix(12))
        level = target.used.level == 0 ? OperatorText.atOriginal.text(in: language) : "\(target.used.level)"
        newest = target.newest.map(String.init) ?? "–"
        processes =
            target.used.level == 0 ? "\(target.used.processes)" : "\(target.used.patched) / \(target.used.processes)"
        (state, kind) =
            target.newest == nil
            ? ("–", "")
            : target.isCurrent
                ? (OperatorText.latest.text(in: language), "good")
                : target.holds.isEmpty
                    ? (OperatorText.behind.text(in: language), "warn")
                    : (OperatorText.held.text(in: language), "thread")
        fixed = target.fixed
        missing = target.missing
    }
}

extension HostView.Event {
    fileprivate init(_ record: HostEventRecord, _ language: PageLanguage) {
        time = Desk.time(record.event.time)
        let text: PolicyText
        (text, tag) =
            switch record.event.kind {
            case .applied: (PolicyText("applied", "適用"), "good")
            case .failed: (PolicyText("failed", "失敗"), "bad")
            case .reverted: (PolicyText("taken out", "取り外し"), "thread")
            case .crashed: (PolicyText("went down", "異常停止"), "bad")
            case .revoked: (PolicyText("revoked", "失効"), "warn")
            case .halted: (PolicyText("halted itself", "自動停止"), "bad")
            case .resumed: (PolicyText("resumed", "再開"), "thread")
            }
        kind = language.text(text)
        detail = record.event.detail
        patch = record.event.patch.map { String("\($0)".prefix(12)) }
        rollout = record.event.rollout
    }
}
