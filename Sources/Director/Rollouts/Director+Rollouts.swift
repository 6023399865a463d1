// SPDX-License-Identifier: Apache-2.0

package import LivePatch
package import PatchCatalogue
package import ServicePolicy
package import ServiceStore

/// Whoever can begin, halt and end rollouts: the director, and an operator's command without a server.
package protocol RolloutDesk: Sendable {
    /// The records.
    var store: ServiceStore { get }
    /// What is published now.
    var catalogue: PublishedCatalogue { get }
}

extension Director: RolloutDesk {}

/// An operator without a server.
package struct OperatorDesk: RolloutDesk {
    package let store: ServiceStore
    package let catalogue: PublishedCatalogue

    /// An operator at some records.
    package init(store: ServiceStore, catalogue: PublishedCatalogue) {
        self.store = store
        self.catalogue = catalogue
    }
}

extension RolloutDesk {
    /// Begins a rollout of published patches.
    ///
    /// - Parameters:
    ///   - title: what people call it.
    ///   - patches: the patches, at most one for a build.
    ///   - rings: the steps.
    ///   - author: who begins it.
    ///   - now: the moment.
    /// - Returns: The rollout.
    /// - Throws: `DirectorError`.
    package func beginRollout(
        _ title: String, of patches: [ArtefactID], rings: [Ring] = Ring.usual, by author: String, at now: Moment
    ) async throws(DirectorError) -> RolloutRecord {
        let title = try RolloutPlan.checked(title: title)
        let rings = try RolloutPlan.checked(rings: rings)
        let chosen = try RolloutPlan.patches(patches, from: catalogue)
        return try await change { records in
            let rollout = RolloutRecord(
                id: RolloutPlan.name(at: now), title: title, patches: chosen, rings: rings, by: author, at: now)
            try records.put(rollout)
            try records.note(RolloutStep(.begun, ring: 0, by: author, at: now, detail: title), of: rollout.id)
            return rollout
        }
    }

    /// Halts a rollout: from now on nobody new gets its patches.
    ///
    /// - Parameters:
    ///   - id: the rollout.
    ///   - reason: why, for people.
    ///   - rollBack: whether hosts that have its patches are told to go back to what they had before.
    ///   - author: who halts it.
    ///   - now: the moment.
    /// - Returns: The rollout as it is then.
    /// - Throws: `DirectorError`.
    @discardableResult
    package func halt(
        rollout id: String, because reason: String, rollBack: Bool = false, by author: String, at now: Moment
    ) async throws(DirectorError) -> RolloutRecord {
        try await change(id) { rollout, records in
            // To halt what is halted changes nothing, but a rollback can still be ordered.
            guard rollout.state != .halted || (rollBack && !rollout.rollsBack) else { return }
            rollout.state = .halted
            rollout.reason = reason
            rollout.satisfied = nil
            rollout.rollsBack = rollout.rollsBack || rollBack
            let detail = rollBack ? "with rollback: \(reason)" : reason
            try records.note(RolloutStep(.halted, ring: rollout.ring, by: author, at: now, detail: detail), of: id)
        }
    }

    /// Lets a halted rollout go on where it was; hosts that failed are given another try.
    ///
    /// - Throws: `DirectorError`.
    @discardableResult
    package func resume(
        rollout id: String, by author: String, at now: Moment
    ) async throws(DirectorError) -> RolloutRecord {
        try await change(id) { rollout, records in
            guard rollout.state == .halted else { throw DirectorError.wrongState(rollout: id, rollout.state) }
            rollout.state = .running
            rollout.reason = ""
            rollout.rollsBack = false
            rollout.opened = now
            try records.reopenGrants(ofRollout: id, at: now)
            try records.note(RolloutStep(.resumed, ring: rollout.ring, by: author, at: now), of: id)
        }
    }

    /// Opens all rings at once, without waiting for what is still to be proved.
    ///
    /// - Throws: `DirectorError`.
    @discardableResult
    package func finish(
        rollout id: String, by author: String, at now: Moment
    ) async throws(DirectorError) -> RolloutRecord {
        try await change(id) { rollout, records in
            guard rollout.state != .finished else { return }
            guard rollout.state == .running else { throw DirectorError.wrongState(rollout: id, rollout.state) }
            rollout.state = .finished
            rollout.ring = rollout.rings.count - 1
            rollout.opened = now
            rollout.satisfied = nil
            try records.note(RolloutStep(.finished, ring: rollout.ring, by: author, at: now), of: id)
        }
    }

    /// Looks whether rollouts go on, or must be halted because hosts are silent; to be called every few seconds.
    ///
    /// - Returns: The rollouts that this has changed.
    /// - Throws: `StoreError`.
    @discardableResult
    package func tick(at now: Moment) async throws -> [RolloutRecord] {
        let ids = try await store.read { try $0.rollouts() }.filter { $0.state != .halted }.map(\.id)
        var changed: [RolloutRecord] = []
        for id in ids {
            let rollout = try await store.write { records -> RolloutRecord? in
                guard let rollout = try records.rollouts(locking: [id]).first else { return nil }
                let next = try records.advance(rollout, at: now)
                return next == rollout ? nil : next
            }
            if let rollout { changed.append(rollout) }
        }
        return changed
    }

    private func change(
        _ id: String, _ body: @escaping @Sendable (inout RolloutRecord, Records) throws -> Void
    ) async throws(DirectorError) -> RolloutRecord {
        try await change { records in
            guard var rollout = try records.rollouts(locking: [id]).first else { throw StoreError.noSuch(.rollout, id) }
            let old = rollout
            try body(&rollout, records)
            if rollout != old { try records.put(rollout) }
            return rollout
        }
    }

    private func change(
        _ body: @escaping @Sendable (Records) throws -> RolloutRecord
    ) async throws(DirectorError) -> RolloutRecord {
        do {
            return try await store.write(body)
        } catch let error as DirectorError {
            throw error
        } catch let error as StoreError {
            throw .store(error)
        } catch {
            throw .store(.unreachable(reason: "\(error)"))
        }
    }
}

extension Records {
    /// Notes what happened to a rollout, in its own list and in the log.
    fileprivate func note(_ step: RolloutStep, of rollout: String) throws(StoreError) {
        try add(step, to: rollout)
        try log("rollout.\(step.kind.rawValue)", of: rollout, by: step.actor, at: step.time, detail: step.detail)
    }
}
