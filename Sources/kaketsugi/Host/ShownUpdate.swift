// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CommandLineOutput
import HostAgent
import HostProtocol
import LivePatch
import PatchCatalogue

/// What an update came to, or would come to.
struct ShownUpdate: Presentable {
    let outcome: Agent.Outcome
    let known: [KnownPatch]
    let isPlan: Bool

    struct Report: Encodable {
        struct Target: Encodable {
            var target: String
            var buildID: String
            var level: Int
            var wantedLevel: Int?
            var wantedPatch: String?
            var cves: [String]
            var action: String
            var reason: String?
            var result: String?
            var processes: Int?
            var concerned: Int?
            var failures: [String]
        }

        var schemaVersion = 1
        var command: String
        var trouble: String?
        var nextCheckIn: Int64?
        var targets: [Target]
    }

    var report: Report {
        Report(
            command: isPlan ? "check" : "update", trouble: outcome.trouble.map { "\($0)" },
            nextCheckIn: outcome.nextCheckIn,
            targets: outcome.decisions.map { decision in
                var target = Report.Target(
                    target: decision.target, buildID: decision.buildID, level: decision.level,
                    wantedLevel: decision.order?.level, wantedPatch: decision.order?.patch?.description,
                    cves: cves(decision), action: decision.word,
                    reason: decision.isAction ? nil : decision.text.english, failures: [])
                switch outcome.results[decision.buildID] {
                case .done(let run):
                    (target.result, target.processes, target.concerned) = ("done", run.held, run.concerned)
                case .partly(let run):
                    (target.result, target.processes, target.concerned) = ("partly", run.held, run.concerned)
                    target.failures = run.failures
                case .failed(let reason): (target.result, target.failures) = ("failed", [reason])
                case nil: break
                }
                return target
            })
    }

    func text(in language: Language) -> String {
        var lines: [String] = []
        for decision in outcome.decisions {
            lines.append(
                TextLayout.padded(decision.target, to: 24) + "  "
                    + HostText.levelNow(decision.level).text(in: language))
            lines.append(TextLayout.wrapped(what(of: decision, in: language), indent: 4))
            let cves = cves(decision)
            if decision.isNewerWanted, !cves.isEmpty {
                lines.append(TextLayout.wrapped(cves.joined(separator: ", "), indent: 4))
            }
        }
        if outcome.decisions.isEmpty { lines.append(HostText.noTargetInUse.text(in: language)) }
        if let trouble = outcome.trouble {
            lines.append(TextLayout.wrapped(trouble.text.text(in: language), indent: 0))
            lines.append(TextLayout.wrapped(HostText.keptHolds.text(in: language), indent: 0))
        }
        return lines.joined(separator: "\n")
    }

    /// The exit code of an update that was carried out.
    var exitCode: ExitCode {
        if outcome.trouble != nil { return .service }
        let results = outcome.results.values
        let whole = results.count { if case .done = $0 { true } else { false } }
        let failed = results.count { if case .failed = $0 { true } else { false } }
        // What is wanted and may not be, for another reason than the administrator's own, is not done either.
        let refused = outcome.decisions.count { decision in
            guard case .keep(let reason) = decision.action, decision.isNewerWanted else { return false }
            if case .held = reason { return false }
            return true
        }
        if failed + refused > 0, whole == 0, failed == results.count { return .nowhere }
        return whole == results.count && refused == 0 ? .success : .partly
    }

    private func what(of decision: Decision, in language: Language) -> String {
        switch outcome.results[decision.buildID] {
        case nil: decision.text.text(in: language)
        case .done(let run):
            HostText.heldNow(count: run.held, of: run.concerned, level: decision.targetLevel).text(in: language)
        case .partly(let run):
            HostText.heldNow(count: run.held, of: run.concerned, level: decision.targetLevel).text(in: language) + " "
                + run.failures.joined(separator: "; ")
        case .failed(let reason): HostText.notApplied(reason: reason).text(in: language)
        }
    }

    private func cves(_ decision: Decision) -> [String] {
        decision.order?.patch.flatMap { patch in known.first { $0.patch == patch } }?.description.vulnerabilities ?? []
    }
}

extension Decision {
    /// The level that it has when it was carried out.
    var targetLevel: Int {
        switch action {
        case .keep: level
        case .apply(let order), .goBack(let order): order.level
        case .revert: 0
        }
    }
}
