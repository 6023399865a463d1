// SPDX-License-Identifier: Apache-2.0

internal import LivePatch
internal import PatchCatalogue
internal import ServicePolicy
internal import ServiceStore

/// All rollouts, and a form for a new one.
struct RolloutsView: PageView {
    static let template = "rollouts"

    /// A rollout.
    struct Row: Sendable {
        var address: String
        var title: String
        var id: String
        var state: String
        var kind: String
        var ring: String
        var succeeded: Int
        var failed: Int
        var created: String
        var author: String
    }

    /// A patch to choose.
    struct Choice: Sendable {
        var patch: String
        var text: String
        var vulnerabilities: String
    }

    let rows: [Row]
    let hasRows: Bool
    let choices: [Choice]
    let hasChoices: Bool
    let rings: String
    let csrf: String
    let mayChange: Bool

    init(
        _ rollouts: [(RolloutRecord, Tally)], _ catalogue: PublishedCatalogue, _ visitor: Visitor,
        _ language: PageLanguage
    ) {
        rows = rollouts.map { rollout, tally in
            let rings = rollout.rings.indices
            return Row(
                address: "/rollouts/\(rollout.id)", title: rollout.title, id: rollout.id,
                state: rollout.state.text.text(in: language), kind: rollout.state.kind,
                ring: "\(rollout.ring + 1) / \(rollout.rings.count)",
                succeeded: rings.reduce(0) { $0 + tally.count(.succeeded, ring: $1) },
                failed: rings.reduce(0) { $0 + tally.count(.failed, .silent, ring: $1) },
                created: Desk.time(rollout.created), author: rollout.author)
        }
        hasRows = !rows.isEmpty
        let newest = catalogue.patches.filter { patch in
            catalogue.patches(for: patch.description.buildID).last?.patch == patch.patch
        }
        choices = newest.prefix(200).map { patch in
            let said = patch.description
            return Choice(
                patch: "\(patch.patch)",
                text: "\(said.product) · \(said.distribution) · \(said.package ?? said.target) · \(said.level)",
                vulnerabilities: said.vulnerabilities.joined(separator: ", "))
        }
        hasChoices = !choices.isEmpty
        rings = Ring.usual.map(RingText.line).joined(separator: "\n")
        csrf = visitor.csrf
        mayChange = visitor.role >= .operator
    }
}

extension RolloutRecord.State {
    /// What it is called.
    var text: OperatorText {
        switch self {
        case .running: .running
        case .halted: .halted
        case .finished: .finished
        }
    }

    /// How it is coloured.
    var kind: String {
        switch self {
        case .running: "thread"
        case .halted: "bad"
        case .finished: "good"
        }
    }
}
