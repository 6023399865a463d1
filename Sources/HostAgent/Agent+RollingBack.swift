// SPDX-License-Identifier: Apache-2.0

internal import HostProtocol
internal import LivePatch
internal import ServicePolicy

extension Agent {
    /// Goes back to the levels before, or to the originals, and holds the builds there.
    ///
    /// The holds are durable before anything is changed: the daemon must not bring the level back meanwhile.
    ///
    /// - Throws: `AgentError`.
    package func rollBack(_ builds: [String], named name: String, because reason: String) async throws(AgentError)
        -> Outcome
    {
        let state = try lookBack()
        var decisions: [Decision] = []
        for build in builds {
            // What others have applied by hand is theirs to take back.
            guard let accepted = state.accepted(build) else { continue }
            let previous = state.previous.first { $0.buildID == build }
            let order = previous.map { previous in
                Instructions.Order(
                    product: previous.product, distribution: previous.distribution, buildID: build,
                    level: previous.level, patch: previous.patch, rollout: "")
            }
            decisions.append(
                Decision(
                    target: accepted.target, buildID: build, level: accepted.level, patch: accepted.patch, order: order,
                    action: order.map { .goBack($0) } ?? .revert(.ordered(rollout: ""))))
        }
        guard !decisions.isEmpty else { throw .nothingToRollBack(target: name) }
        let planned = decisions
        try store.change { (state) throws(AgentError) in
            for decision in planned {
                state.holds.removeAll { $0.buildID == decision.buildID }
                state.holds.append(
                    CheckIn.Hold(
                        buildID: decision.buildID, level: decision.order?.level ?? 0, since: now(state),
                        reason: reason.isEmpty ? "rollback" : reason))
            }
        }
        var outcome = Outcome(decisions: decisions)
        var session: RepositorySession?
        await execute(&outcome, &session, isConfirmed: true)
        return outcome
    }
}
