// SPDX-License-Identifier: Apache-2.0

package import LinuxSystem
internal import LivePatch

/// Brings one patch into processes.
package struct Patcher: Sendable {
    /// The patch.
    package let patch: Patch
    /// How long a process is tried while a thread is in a function that is to be replaced.
    package let patience: Duration
    /// How long each hook of the patch may take.
    package let hookLimit: Duration
    /// Whether the patch may take the place of a higher level of the same target.
    package let allowsDowngrade: Bool
    /// The processes that are left alone although they use the target.
    package let exclusions: Exclusions

    /// How long a thread is waited for that was asked to stop and has not; longer only by those who have the time.
    static let farewell = Duration.seconds(5)

    /// Prepares to apply a patch.
    package init(
        _ patch: Patch, patience: Duration = .seconds(3), hookLimit: Duration = .seconds(1),
        allowsDowngrade: Bool = false, exclusions: Exclusions = .none
    ) {
        self.exclusions = exclusions
        self.allowsDowngrade = allowsDowngrade
        self.patch = patch
        self.patience = patience
        self.hookLimit = hookLimit
    }

    /// Applies the patch to a process, or tells why not.
    package func apply(to process: ProcessID) -> ProcessReport {
        var report = ProcessReport(process, patch.id, functions: patch.functionNames)
        guard process != .current else {
            report.result = .skipped(.itself)
            return report
        }
        defer { ThreadGroup.letAbandonedGo(within: Self.farewell) }
        let deadline = MonotonicInstant.now.advanced(by: patience)
        while true {
            do throws(PatchError) {
                guard let view = try ProcessView(of: process, writable: true) else {
                    throw .targetNotMapped(patch.artefact.manifest.target.buildID)
                }
                try apply(view, &report)
            } catch {
                if case .notYetLinked = error, MonotonicInstant.now < deadline {
                    LinuxSystem.pause(for: .microseconds(500))
                    continue
                }
                report.result = .init(error)
            }
            return report
        }
    }

    /// The image of the target in a process.
    ///
    /// - Throws: ``PatchError/targetNotMapped(_:)``, ``PatchError/mappedSeveralTimes(_:count:)``.
    func target(in files: [LoadedFile]) throws(PatchError) -> LoadedFile {
        let buildID = patch.artefact.manifest.target.buildID
        let targets = files.filter { $0.buildID == buildID }
        guard let target = targets.first else { throw .targetNotMapped(buildID) }
        guard targets.count == 1 else { throw .mappedSeveralTimes(buildID, count: targets.count) }
        return target
    }

    private func apply(_ view: consuming ProcessView, _ report: inout ProcessReport) throws(PatchError) {
        let process = view.process
        let files = try view.files()
        let target = try target(in: files)
        let identity = try about(process) { () throws(SystemError) in try ProcessIdentity(of: process) }
        report.name = identity.name
        if let reason = exclusions.reason(to: identity) {
            report.result = .skipped(reason)
            return
        }

        let records = try view.settle(view.records())
        let level = try LevelChange(
            to: patch, among: records.filter { $0.loadBias == target.loadBias }, allowsDowngrade: allowsDowngrade)
        if let resident = level.resident, resident.state == .applied, try view.holdsAll(resident.entries) {
            report.result = .already
            // An unwinder may have been loaded since, as the first `pthread_cancel` does.
            let late = try? UnwindRegistration(of: resident, for: target, among: files, in: view.memory)
            report.isUnwindable = (try? late?.performOnceLinked(files, view, patience: patience)) ?? (late == nil)
            report.freed = Clearance(files: files).clear(view, superseded: [])
            return
        }
        let known = (level.resident.map { [$0] } ?? []) + level.replaced
        try verifyOriginal(of: target, known: known, records: records, in: view.memory)
        let carried = try CarriedVariables(of: patch.artefact, from: level.replaced)
        try carried.requirePresence(in: view.map, of: patch.artefact.manifest)
        if needsLinkage { try LinkingState.requireLinked(target, among: files, view.map, view.memory) }
        let imported = try SymbolSearch.addresses(
            of: patch.artefact.imports, for: target, among: files, in: view.memory)

        let placement: Placement
        let isNew: Bool
        if let resident = level.resident,
            let reused = try reuse(resident, in: view, imported: imported, carried: carried)
        {
            placement = reused
            isNew = false
        } else {
            let room = Reservation(
                patch, target: target, files: files, heapStart: identity.heapStart, imported: imported,
                carried: carried)
            placement = try room.make(in: &view, mappingPause: &report.mappingPause)
            isNew = true
        }
        do throws(PatchError) {
            // What a killed patcher was switching to is complete, and may be in use.
            if level.resident?.state != .switching || isNew { try placement.write(in: view.memory) }
            let unwinding = try UnwindRegistration(
                of: placement.record, for: target, among: files, in: view.memory,
                afterDeath: !isNew && level.resident?.state == .switching)
            report.isUnwindable = try unwinding?.performOnceLinked(files, view, patience: patience) ?? true
            try switchOver(to: placement, level, of: target, files, in: view.memory, &report)
        } catch {
            // Nothing leads there yet, unless a hook has run or an unwinder knows of it. If it cannot be given back, it is
            // found and used by the next attempt.
            let isKnown =
                !patch.artefact.manifest.hooks.isEmpty && error.mayFollowHooks
                || UnwindRegistration.isBegun(placement.record, in: view.memory)
            if isNew, !isKnown { try? Reservation.release(placement.record.region, files: files, in: view.memory) }
            throw error
        }
        report.replacedLevel = level.replaced.map(\.manifest.level).max()
        report.freed = Clearance(files: files).clear(view, superseded: level.replaced.map(\.patch))
    }

    /// Whether the dynamic linker must be done with the target: symbols are looked up, or functions run.
    var needsLinkage: Bool {
        let manifest = patch.artefact.manifest
        return !patch.artefact.imports.isEmpty || !manifest.hooks.isEmpty || manifest.unwindTables?.areRequired == true
    }

    /// Replaces the entries; until then nothing in the process leads to the patch.
    private func switchOver(
        to placement: Placement, _ level: LevelChange, of target: LoadedFile, _ files: [LoadedFile],
        in memory: borrowing ProcessMemory, _ report: inout ProcessReport
    ) throws(PatchError) {
        let functions = patch.artefact.manifest.functions
        let process = memory.process
        let leftovers = try about(process) { () throws(SystemError) in try StubRoom.leftovers(in: files, of: memory) }
        let hooks = HookPlan(of: placement.record, (.beforeApply, .afterApply), limit: hookLimit)
        let code = functions.flatMap { runs(of: $0, in: target) } + level.runs + (hooks.map { [$0.run] } ?? [])
        let change = CodeSwitch(
            writes: level.writes(to: placement),
            active: ActiveCode(code), stateAddress: placement.record.stateAddress, stateBefore: .mapped,
            stateAfter: .applied, others: level.states, hooks: hooks, leftovers: leftovers)
        let effort = try change.perform(in: memory, patience: patience)
        report.pause = effort.pause
        report.attempts = effort.attempts
        if let refusal = effort.refusal { throw memory.explained(refusal) }
    }

    private func runs(of function: Manifest.ReplacedFunction, in target: LoadedFile) -> [ActiveCode.Run] {
        function.pieces.enumerated().map { index, piece in
            let start = target.address(of: piece.address)
            return ActiveCode.Run(
                function: function.name, range: start..<start.advanced(by: piece.size),
                safe: index == 0 ? [start, start.advanced(by: function.jumpOffset)] : [],
                endsInCall: ActiveCode.mayEndInCall(patch.artefact.originalBytes(of: piece)), countsStart: false)
        }
    }
}

extension ProcessReport.Result {
    /// The result that an error means: some are no failures.
    init(_ error: PatchError) {
        switch error {
        case .exited: self = .skipped(.exited)
        case .targetNotMapped: self = .skipped(.targetNotUsed)
        case .notPatched: self = .skipped(.notPatched)
        default: self = .failed(error)
        }
    }
}
