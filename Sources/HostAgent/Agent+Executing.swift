// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials
internal import HostProtocol
internal import LinuxSystem
package import LivePatch
internal import PatchCatalogue
internal import ServicePolicy

extension Agent {
    /// Does what was decided: first takes out what is taken back, then applies, what belongs to one rollout together.
    ///
    /// - Parameters:
    ///   - outcome: the decisions; gets what became of them.
    ///   - session: where patches come from; nil if only those may be used that are here.
    ///   - isConfirmed: whether the administrator confirms the hazards of going back. The service cannot.
    func execute(
        _ outcome: inout Outcome, _ session: inout RepositorySession?, isConfirmed: Bool = false
    ) async {
        let lock: HeldLock
        do throws(SystemError) {
            lock = try await HeldLock.hold(places.patches)
        } catch {
            outcome.trouble = .system(error)
            return
        }
        defer { withExtendedLifetime(lock) {} }
        guard ending.beginChange() else { return }
        defer { ending.finishChange() }
        for decision in outcome.decisions {
            guard case .revert(let cause) = decision.action else { continue }
            outcome.results[decision.buildID] = await revert(decision, cause, isConfirmed: isConfirmed)
        }
        var groups: [Group] = []
        for decision in outcome.decisions {
            let order: Instructions.Order
            switch decision.action {
            case .apply(let wanted), .goBack(let wanted): order = wanted
            case .keep, .revert: continue
            }
            var goesBack = false
            if case .goBack = decision.action { goesBack = true }
            // Kernel and processes cannot go over at one instant.
            let place = groups.firstIndex {
                $0.rollout == order.rollout && $0.goesBack == goesBack && $0.isOfKernel == decision.isOfKernel
                    && !order.rollout.isEmpty
            }
            if let place {
                groups[place].members.append((decision, order))
            } else {
                groups.append(
                    Group(
                        rollout: order.rollout, goesBack: goesBack, isOfKernel: decision.isOfKernel,
                        members: [(decision, order)]))
            }
        }
        for group in groups {
            let result = await apply(group, &session, isConfirmed: isConfirmed)
            for (decision, _) in group.members { outcome.results[decision.buildID] = result }
        }
        removeUnused()
    }

    /// Removes patches that are neither accepted, nor the way back, nor ordered.
    private func removeUnused() {
        guard let state = try? store.read(),
            let names = try? FileManager.default.contentsOfDirectory(atPath: places.patches)
        else { return }
        let used =
            (state.accepted + state.previous).map(\.patch) + (state.keptInstructions?.orders.compactMap(\.patch) ?? [])
        let kept = Set(used.map { "\($0).mend" })
        for name in names where name.hasSuffix(".mend") && !kept.contains(name) {
            // What cannot be removed now is removed another time.
            try? removeFile(places.patches + "/" + name)
        }
    }

    /// Orders that are carried out together.
    private struct Group {
        var rollout: String
        var goesBack: Bool
        var isOfKernel: Bool
        var members: [(decision: Decision, order: Instructions.Order)]
    }

    private func apply(
        _ group: Group, _ session: inout RepositorySession?, isConfirmed: Bool
    ) async -> Outcome.Result {
        let patches = group.members.compactMap(\.order.patch)
        var before: CrashMarker?
        do throws(AgentError) {
            var files: [String] = []
            for (_, order) in group.members { files.append(try await file(for: order, &session)) }
            guard places.off == nil else { return .failed("switched off") }
            tell(.step(.plan))
            let plan = try await runner.plan(files, allowsDowngrade: group.goesBack)
            guard plan.concerned > 0 else { return .done(plan) }
            guard plan.held > 0 else {
                return try noteFailure(
                    of: group, RunReport(held: 0, concerned: plan.concerned, failures: plan.failures),
                    before: try store.read().marker)
            }
            let bootID = places.bootID
            before = try store.change { (state) throws(AgentError) in
                state.mark(patches, bootID: bootID, at: now(state))
            }
            tell(.step(.apply))
            let report = try await runner.apply(
                files, allowsDowngrade: group.goesBack, isConfirmed: isConfirmed)
            return try note(report, of: group, before: before)
        } catch {
            switch error {
            case .childFailed:
                // The child has died with some processes done: the service must hear that this patch is not harmless.
                return
                    (try? noteFailure(
                        of: group, RunReport(held: 0, concerned: 0, failures: ["\(error)"]), before: before))
                    ?? .failed("\(error)")
            default:
                tell(.warning(error.text))
                return .failed("\(error)")
            }
        }
    }

    /// The file of an ordered patch: the one that is here, if it is the very patch, or the repository's.
    private func file(
        for order: Instructions.Order, _ session: inout RepositorySession?
    ) async throws(AgentError) -> String {
        guard let patch = order.patch else { throw .noSuchTarget(order.buildID) }
        let kept = places.file(of: patch.description)
        if isWhole(kept, patch) { return kept }
        guard session != nil else { throw .notFetched(patch) }
        tell(.step(.download(patch)))
        guard let brought = try await session?.bring(order) else { throw .notFetched(patch) }
        return brought.file
    }

    /// Whether a file is a patch, byte by byte.
    package func isWhole(_ file: String, _ patch: ArtefactID) -> Bool {
        (try? contents(ofFile: file, limit: Artefact.Limit.fileSize)).map { ArtefactID(of: $0) == patch } ?? false
    }

    /// Notes how applying ended: what holds anywhere is accepted, and what does not hold somewhere is told.
    private func note(
        _ report: RunReport, of group: Group, before: CrashMarker?
    ) throws(AgentError) -> Outcome.Result {
        guard report.held > 0 || report.concerned == 0 else {
            return try noteFailure(of: group, report, before: before)
        }
        try store.change { (state) throws(AgentError) in
            let now = now(state)
            state.failures = 0
            // Nothing new is in any process, so there is nothing that could prove harmful.
            if report.held == report.already { state.marker = before }
            for (decision, order) in group.members {
                guard let patch = order.patch, report.concerned > 0 else { continue }
                let isNew = state.accepted(order.buildID)?.patch != patch
                if isNew {
                    state.accept(
                        AcceptedLevel(
                            product: order.product, distribution: order.distribution, target: decision.target,
                            buildID: order.buildID, level: order.level, patch: patch,
                            rollout: order.rollout.isEmpty ? nil : order.rollout, since: now))
                }
                let isWhole = report.held == report.concerned
                guard !isWhole || isNew || report.held > report.already else { continue }
                state.note(
                    isWhole ? .applied : .failed, patch, rollout: order.rollout.isEmpty ? nil : order.rollout,
                    target: decision.target, level: order.level,
                    detail: isWhole
                        ? "\(report.held) processes"
                        : "\(report.held) of \(report.concerned) processes; \(report.detail)",
                    at: now)
                if let event = state.events.last { tell(.event(event)) }
            }
        }
        return report.held == report.concerned ? .done(report) : .partly(report)
    }

    private func noteFailure(
        of group: Group, _ report: RunReport, before: CrashMarker?
    ) throws(AgentError) -> Outcome.Result {
        let reason = report.detail
        try store.change { (state) throws(AgentError) in
            let now = now(state)
            for (decision, order) in group.members {
                state.note(
                    .failed, order.patch, rollout: order.rollout.isEmpty ? nil : order.rollout, target: decision.target,
                    level: order.level, detail: reason, at: now)
                if let event = state.events.last { tell(.event(event)) }
            }
            // A child that has died may have left a patch in some processes; the marker stays for them.
            if report.concerned > 0 { state.marker = before }
            state.noteFailure(limit: settings.failureLimit, reason: reason, at: now)
        }
        return .failed(reason)
    }

    private func revert(
        _ decision: Decision, _ cause: Decision.Cause, isConfirmed: Bool
    ) async -> Outcome.Result {
        do throws(AgentError) {
            let state = try store.read()
            let accepted = state.accepted(decision.buildID)
            var patches = Set([decision.patch, accepted?.patch].compactMap { $0 })
            // The kernel has one at a time, and takes out one at a time.
            if decision.isOfKernel, let loaded = decision.patch { patches = [loaded] }
            tell(.step(.revert))
            let report = try await runner.revert(
                patches.sorted { $0.description < $1.description }, isConfirmed: isConfirmed)
            let isWhole = report.held == report.concerned
            try store.change { (state) throws(AgentError) in
                let now = now(state)
                if isWhole || cause.isRevocation { state.forget(decision.buildID) }
                var rollout = accepted?.rollout
                var detail = report.detail
                switch cause {
                case .ordered(let ordered): rollout = ordered
                case .revoked(let entry): detail = entry.reason.english + (detail.isEmpty ? "" : "; " + detail)
                }
                state.note(
                    isWhole ? (cause.isRevocation ? .revoked : .reverted) : .failed, decision.patch ?? accepted?.patch,
                    rollout: rollout, target: decision.target, level: decision.level, detail: detail, at: now)
                if let event = state.events.last { tell(.event(event)) }
            }
            return isWhole ? .done(report) : .partly(report)
        } catch {
            tell(.warning(error.text))
            return .failed("\(error)")
        }
    }
}

extension Decision.Cause {
    fileprivate var isRevocation: Bool {
        if case .revoked = self { true } else { false }
    }
}

/// A lock of a folder that a task holds, whichever thread it runs on.
final class HeldLock: Sendable {
    private let lock: DirectoryLock

    /// Waits for the lock, on a thread of its own.
    static func hold(_ folder: String) async throws(SystemError) -> HeldLock {
        let result = await onOwnThread { () -> Result<HeldLock, SystemError> in
            do throws(SystemError) {
                return .success(HeldLock(try DirectoryLock(holding: folder)))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    private init(_ lock: consuming DirectoryLock) { self.lock = lock }
}
