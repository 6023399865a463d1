// SPDX-License-Identifier: Apache-2.0

internal import HostProtocol
internal import ServicePolicy
internal import ServiceStore

/// One rollout, as it goes.
struct RolloutView: PageView {
    static let template = "rollout"

    /// What the records have of a rollout.
    struct Found: Sendable {
        var rollout: RolloutRecord
        var tally: Tally
        var steps: [RolloutStep]
        var failed: [Grant]
        var names: [String: String]
        /// The newest grants, for the curve.
        var grants: [Grant]
    }

    /// A patch.
    struct Patch: Sendable {
        var name: String
        var buildID: String
        var level: Int
        var vulnerabilities: [String]
    }

    /// Something that happened.
    struct Step: Sendable {
        var time: String
        var text: String
        var actor: String
        var detail: String
    }

    /// A host that failed.
    struct Failure: Sendable {
        var address: String
        var name: String
        var outcome: String
        var time: String
        var detail: String
    }

    let id: String
    let title: String
    let state: String
    let kind: String
    let reason: String?
    let rollsBack: Bool
    let author: String
    let created: String
    let patches: [Patch]
    let chart: RolloutChart
    let curve: RolloutCurve?
    let steps: [Step]
    let failures: [Failure]
    let hasFailures: Bool
    let csrf: String
    let mayHalt: Bool
    let mayResume: Bool
    let mayChange: Bool

    init(_ found: Found, _ visitor: Visitor, _ language: PageLanguage, _ now: Moment) {
        let rollout = found.rollout
        id = rollout.id
        title = rollout.title
        state = rollout.state.text.text(in: language)
        kind = rollout.state.kind
        reason = rollout.reason.isEmpty ? nil : rollout.reason
        rollsBack = rollout.rollsBack
        author = rollout.author
        created = Desk.time(rollout.created)
        patches = rollout.patches.map {
            Patch(
                name: "\($0.product) · \($0.distribution)", buildID: $0.buildID, level: $0.level,
                vulnerabilities: $0.vulnerabilities)
        }
        chart = RolloutChart(rollout, found.tally, language)
        curve = RolloutCurve(found.grants, from: rollout.created, to: now, language)
        steps = found.steps.reversed().map { step in
            Step(
                time: Desk.time(step.time), text: language.text(step.kind.text(ring: step.ring)), actor: step.actor,
                detail: step.detail)
        }
        failures = found.failed.map { grant in
            Failure(
                address: "/fleet/\(grant.host)",
                name: found.names[grant.host.text] ?? String(grant.host.text.prefix(12)),
                outcome: grant.outcome.text.text(in: language), time: Desk.time(grant.decided), detail: grant.detail)
        }
        hasFailures = !failures.isEmpty
        csrf = visitor.csrf
        mayChange = visitor.role >= .operator
        mayHalt = mayChange && rollout.state != .halted
        mayResume = mayChange && rollout.state == .halted
    }
}

extension Grant.Outcome {
    /// What it is called.
    var text: OperatorText {
        switch self {
        case .pending: .pending
        case .succeeded: .succeeded
        case .failed: .failed
        case .silent: .silent
        case .gone: .gone
        }
    }
}

extension RolloutStep.Kind {
    /// What is said of it.
    fileprivate func text(ring: Int) -> PolicyText {
        switch self {
        case .begun: PolicyText("Begun", "開始")
        case .opened: PolicyText("Ring \(ring + 1) opened", "リング \(ring + 1) を開放")
        case .halted: PolicyText("Halted", "停止")
        case .resumed: PolicyText("Resumed", "再開")
        case .finished: PolicyText("All rings open", "全リングを開放")
        }
    }
}
