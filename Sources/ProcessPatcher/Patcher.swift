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

    /// Prepares to apply a patch.
    package init(_ patch: Patch, patience: Duration = .seconds(3), hookLimit: Duration = .seconds(1)) {
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
        do throws(PatchError) {
            guard let view = try ProcessView(of: process, writable: true) else {
                throw .targetNotMapped(patch.artefact.manifest.target.buildID)
            }
            try apply(view, &report)
        } catch {
            report.result = .init(error)
        }
        return report
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

        let records = try view.records()
        let resident = records.first { $0.patch == patch.id && $0.loadBias == target.loadBias }
        if let resident, resident.state == .applied, try view.holdsAll(resident.entries) {
            report.result = .already
            // An unwinder may have been loaded since, as the first `pthread_cancel` does.
            let late = try? UnwindRegistration(of: resident, for: target, among: files, in: view.memory)
            report.isUnwindable =
                (try? late?.perform(in: view.memory, patience: patience)) ?? (late == nil)
            return
        }
        try verifyOriginal(of: target, resident: resident, records: records, in: view.memory)
        let imported = try SymbolSearch.addresses(
            of: patch.artefact.imports, for: target, among: files, in: view.memory)

        let placement: Placement
        let isNew: Bool
        if let resident, let reused = try reuse(resident, in: view, imported: imported) {
            placement = reused
            isNew = false
        } else {
            let room = Reservation(
                patch, target: target, files: files, heapStart: identity.heapStart, imported: imported)
            placement = try room.make(in: &view, mappingPause: &report.mappingPause)
            isNew = true
        }
        do throws(PatchError) {
            // What a killed patcher was switching to is complete, and may be in use.
            if resident?.state != .switching || isNew { try placement.write(in: view.memory) }
            let unwinding = try UnwindRegistration(
                of: placement.record, for: target, among: files, in: view.memory,
                afterDeath: !isNew && resident?.state == .switching)
            report.isUnwindable = try unwinding?.perform(in: view.memory, patience: patience) ?? true
            try switchOver(to: placement, of: target, files, in: view.memory, &report)
        } catch {
            // Nothing leads there yet, unless a hook has run or an unwinder knows of it. If it cannot be given back, it is
            // found and used by the next attempt.
            let isKnown =
                !patch.artefact.manifest.hooks.isEmpty && error.mayFollowHooks
                || UnwindRegistration.isBegun(placement.record, in: view.memory)
            if isNew, !isKnown { try? Reservation.release(placement.record.region, files: files, in: view.memory) }
            throw error
        }
    }

    /// Replaces the entries; until then nothing in the process leads to the patch.
    private func switchOver(
        to placement: Placement, of target: LoadedFile, _ files: [LoadedFile], in memory: borrowing ProcessMemory,
        _ report: inout ProcessReport
    ) throws(PatchError) {
        let functions = patch.artefact.manifest.functions
        let process = memory.process
        let leftovers = try about(process) { () throws(SystemError) in try StubRoom.leftovers(in: files, of: memory) }
        let hooks = HookPlan(of: placement.record, (.beforeApply, .afterApply), limit: hookLimit)
        let code = functions.flatMap { runs(of: $0, in: target) } + (hooks.map { [$0.run] } ?? [])
        let change = CodeSwitch(
            writes: zip(functions, placement.record.entries).map { function, entry in
                CodeSwitch.Write(
                    function: function.name, address: entry.address, before: entry.original, after: entry.jump)
            },
            active: ActiveCode(code), stateAddress: placement.record.stateAddress, stateBefore: .mapped,
            stateAfter: .applied, hooks: hooks, leftovers: leftovers)
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
