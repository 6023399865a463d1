// SPDX-License-Identifier: Apache-2.0

internal import HostProtocol
internal import LivePatch
internal import PatchCatalogue
internal import ServicePolicy
internal import UpdateFramework

extension Situation {
    /// What is to be done about each build that is in use, in the order of their names.
    package func decisions() -> [Decision] {
        targets.map(decision).sorted { ($0.target, $0.buildID) < ($1.target, $1.buildID) }
    }

    /// The levels that are applied when the host starts, before there is a network.
    ///
    /// They have been in force here before. So neither the lease nor the age of the list of revocations is asked: a host
    /// that comes back after a week must not be worse off than one that ran on. What the last list takes back stays out.
    package func levelsAtBoot() -> [AcceptedLevel] {
        guard off == nil else { return [] }
        return accepted.filter { !suspects.contains($0.patch) && revocation(of: $0.patch) == nil }
    }

    private func decision(on target: CheckIn.Target) -> Decision {
        let order = orders.first { $0.buildID == target.buildID }
        return Decision(
            target: target.name, buildID: target.buildID, level: target.level, patch: target.patch, order: order,
            action: action(for: target, order))
    }

    private var orders: [Instructions.Order] {
        switch director {
        case .service(let instructions): instructions?.orders ?? []
        case .administrator(let orders): orders
        }
    }

    /// For how long a host takes out what it has applied because the service says so, in seconds: two days.
    ///
    /// Lists of revocations and instructions are signed by online keys. What they undo within this time is at worst late; what
    /// has been in force for longer is undone by the administrator alone, or else a thief of the server could open the holes of
    /// years again.
    package static let undoTime: Int64 = 2 * 86_400

    /// The rules, the strongest first.
    private func action(for target: CheckIn.Target, _ order: Instructions.Order?) -> Decision.Action {
        if let off { return .keep(.off(off)) }
        // What is taken back goes out whatever else there is: that makes nothing run that has not run before.
        if let entry = inForce(target).lazy.compactMap({ revocation(of: $0) }).first {
            return mayUndo(target) ? .revert(.revoked(entry)) : .keep(.settled(.revoked(entry)))
        }
        guard let order else { return .keep(.noOrder) }
        let isAccepted = order.patch != nil && accepted.contains { $0.patch == order.patch }
        if order.patch == target.patch, target.patched == target.processes || order.level == 0 {
            return .keep(.current)
        }
        if let halt { return .keep(.halted(halt)) }
        if case .service(let instructions?) = director, instructions.expires <= now {
            return .keep(.instructionsExpired(instructions.expires))
        }
        if order.level > target.level, !isAccepted, let hold = hold(on: target, against: order.level) {
            return .keep(.held(hold))
        }
        if order.level < target.level, !mayUndo(target) { return .keep(.settled(.ordered(rollout: order.rollout))) }
        guard let patch = order.patch else { return .revert(.ordered(rollout: order.rollout)) }
        if let reason = objection(to: patch) { return .keep(reason) }
        if order.level < target.level { return .goBack(order) }
        // A patch that the host has already is no new one, which a lapse of the lease stops (LP-3.2-3).
        if !isAccepted, let reason = objection(ofLeaseTo: order) { return .keep(reason) }
        return .apply(order)
    }

    /// The patches of a target that are in processes or were accepted.
    private func inForce(_ target: CheckIn.Target) -> [ArtefactID] {
        [target.patch, accepted.first { $0.buildID == target.buildID }?.patch].compactMap { $0 }
    }

    /// Whether the service may undo what a target has.
    ///
    /// A medium may not, which can be older than what it would undo; and what the agent did not apply it does not take out.
    private func mayUndo(_ target: CheckIn.Target) -> Bool {
        guard case .service = director, let accepted = accepted.first(where: { $0.buildID == target.buildID }) else {
            return false
        }
        let (age, isOverflow) = now.seconds.subtractingReportingOverflow(accepted.since.seconds)
        return !isOverflow && age < Self.undoTime
    }

    private func hold(on target: CheckIn.Target, against level: Int) -> CheckIn.Hold? {
        holds.first { hold in
            (hold.buildID == "*" || hold.buildID == target.buildID) && level > (hold.level ?? target.level)
        }
    }

    private func revocation(of patch: ArtefactID) -> RevocationList.Entry? {
        guard case .revoked(let entry)? = revocations?.judgement(on: patch, at: moment) else { return nil }
        return entry
    }

    /// Why a patch is not to be applied, whoever wants it.
    private func objection(to patch: ArtefactID) -> Decision.Reason? {
        guard let revocations else { return .noRevocations(since: nil) }
        switch revocations.judgement(on: patch, at: moment) {
        case .clear: break
        case .revoked(let entry): return .revoked(entry)
        case .tooOld(let end): return .noRevocations(since: end)
        }
        return suspects.contains(patch) ? .suspect : nil
    }

    private func objection(ofLeaseTo order: Instructions.Order) -> Decision.Reason? {
        guard let lease else {
            // Who has brought a medium to a host that the service does not know has the data already.
            if case .administrator = director { return nil }
            return .noLease
        }
        switch lease.lease.state(at: now) {
        case .early: return .clockBehind(lease.lease.issued)
        case .lapsed: return .leaseLapsed(lease.lease.graceEnds)
        case .valid, .grace: return lease.products.contains(order.product) ? nil : .notLeased(order.product)
        }
    }

    private var moment: UpdateTime { UpdateTime(secondsSince1970: now.seconds) }
}
