// SPDX-License-Identifier: Apache-2.0

import CommandLineOutput
import LivePatch
import ServiceStore

/// A rollout in a list.
struct RolloutEntry: FleetEntry {
    static let list = "rollouts"
    let id: String
    let title: String
    let state: String
    let rollsBack: Bool
    let reason: String
    let author: String
    let created: String
    let patches: [String]
    let cves: [String]
    let ring: Int
    let rings: [Part]

    /// A ring with its numbers.
    struct Part: Encodable, Sendable {
        let members: String
        let success: String
        let failure: String
        let bakeSeconds: Int64
        let silenceSeconds: Int64
        let pending: Int
        let succeeded: Int
        let failed: Int
        let silent: Int
    }

    init(_ rollout: RolloutRecord, _ tally: Tally) {
        id = rollout.id
        title = rollout.title
        state = rollout.state.rawValue
        rollsBack = rollout.rollsBack
        reason = rollout.reason
        author = rollout.author
        created = rollout.created.text
        patches = rollout.patches.map(\.patch.description)
        cves = Set(rollout.patches.flatMap(\.vulnerabilities)).sorted()
        ring = rollout.ring + 1
        rings = rollout.rings.enumerated().map { place, ring in
            Part(
                members: ring.members.description, success: ring.success.description,
                failure: ring.failure.description, bakeSeconds: ring.bake, silenceSeconds: ring.silence,
                pending: tally.count(.pending, ring: place), succeeded: tally.count(.succeeded, ring: place),
                failed: tally.count(.failed, ring: place), silent: tally.count(.silent, ring: place))
        }
    }

    func cells(in language: Language) -> [String] {
        let members = rings.indices.contains(ring - 1) ? rings[ring - 1].members : ""
        let succeeded = rings.reduce(0) { $0 + $1.succeeded }
        let failed = rings.reduce(0) { $0 + $1.failed + $1.silent }
        return [
            id, title, state, FleetText.ring(ring, of: rings.count, members: members).text(in: language),
            "✓ \(succeeded) ✗ \(failed)",
        ]
    }
}

/// A rollout with what happened to it.
struct RolloutReport: Presentable, Sendable {
    let rollout: RolloutRecord
    let tally: Tally
    let steps: [RolloutStep]

    /// The JSON of a rollout.
    struct Report: Encodable {
        struct Step: Encodable {
            let time: String
            let kind: String
            let ring: Int
            let actor: String
            let detail: String
        }
        let schemaVersion = 1
        let rollout: RolloutEntry
        let steps: [Step]
    }

    var report: Report {
        Report(
            rollout: RolloutEntry(rollout, tally),
            steps: steps.map {
                .init(
                    time: $0.time.text, kind: $0.kind.rawValue, ring: $0.ring + 1, actor: $0.actor, detail: $0.detail)
            })
    }

    func text(in language: Language) -> String {
        let entry = RolloutEntry(rollout, tally)
        var lines = ["\(entry.id)  \(entry.title)  \(entry.state)"]
        if !entry.reason.isEmpty {
            lines.append(TextLayout.wrapped(FleetText.halted(entry.reason).text(in: language), indent: 0))
        }
        lines += rollout.patches.map { "   \($0.patch.short)  \($0.product) \($0.distribution)  \($0.level)" }
        if !entry.cves.isEmpty { lines.append(TextLayout.wrapped(entry.cves.joined(separator: " "), indent: 3)) }
        let rows = entry.rings.enumerated().map { place, ring in
            [
                place + 1 == entry.ring ? "→" : "", "\(place + 1)", ring.members, "… \(ring.pending)",
                "✓ \(ring.succeeded) (\(ring.success))", "✗ \(ring.failed + ring.silent) (\(ring.failure))",
            ]
        }
        lines.append(TextLayout.table(rows))
        lines += steps.map { step in
            TextLayout.wrapped(
                "\(step.time.text) \(step.kind.rawValue) · \(step.ring + 1) · \(step.actor) \(step.detail)", indent: 0)
        }
        return lines.joined(separator: "\n")
    }
}
