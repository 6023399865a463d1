// SPDX-License-Identifier: Apache-2.0

package import LinuxSystem
internal import LivePatch

/// Brings the patches of one fix into processes, those for all files that a process uses at one instant.
///
/// A fix whose functions lie in several shipped files is several patches. No thread of a process ever runs the new code of
/// one file and then the old code of another.
package struct JointPatcher: Sendable {
    let first: Patcher
    let patchers: [Patcher]

    /// Prepares to apply patches that are for different files; how long to try, and what to leave alone, the first one says.
    package init(_ first: Patcher, _ others: [Patcher] = []) {
        self.first = first
        patchers = [first] + others
    }

    /// Applies the patches to a process, all that it has use for or none, or tells why not.
    package func apply(to process: ProcessID) -> ProcessReport {
        var report = ProcessReport(process, first.patch.id, functions: patchers.flatMap(\.patch.functionNames))
        guard process != .current else {
            report.result = .skipped(.itself)
            return report
        }
        defer { ThreadGroup.letAbandonedGo(within: Patcher.farewell) }
        let deadline = MonotonicInstant.now.advanced(by: first.patience)
        while true {
            do throws(PatchError) {
                guard let view = try ProcessView(of: process, writable: true) else {
                    throw .targetNotMapped(first.patch.artefact.manifest.target.buildID)
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

    private func apply(_ view: consuming ProcessView, _ report: inout ProcessReport) throws(PatchError) {
        let process = view.process
        let files = try view.files()
        try view.settleLeftovers(in: files, patience: first.patience)
        let targets = try targets(among: files)
        let identity = try about(process) { () throws(SystemError) in try ProcessIdentity(of: process) }
        report.name = identity.name
        report.functions = targets.flatMap { $0.patcher.patch.functionNames }
        report.patches = targets.map(\.patcher.patch.id)
        if let reason = first.exclusions.reason(to: identity) {
            report.result = .skipped(reason)
            return
        }

        let records = try view.settle(view.records())
        try JointSwitch.requireWhole(records, in: Set(targets.map(\.target.loadBias)))
        var patches: [PatchInProcess] = []
        for (_, target) in targets { try requireOthers(of: target, among: files, view) }
        if targets.count < patchers.count { try requireSame(targets.map(\.target), &view) }
        for (patcher, target) in targets {
            patches.append(try patcher.prepare(view, target, among: files, records))
        }
        let held = patches.filter(\.holds)
        // An unwinder may have been loaded since.
        for patch in held where !patch.tellLateUnwinders(among: files, in: view) { report.isUnwindable = false }
        patches.removeAll(where: \.holds)
        guard !patches.isEmpty else {
            report.result = .already
            report.freed = Clearance(files: files).clear(view, superseded: [])
            return
        }
        do throws(PatchError) {
            for index in patches.indices {
                try patches[index].reserve(
                    in: &view, files, heapStart: identity.heapStart, mappingPause: &report.mappingPause)
                // The next one must not be put in the same place.
                if index < patches.count - 1 { try view.refresh() }
            }
            for patch in patches where try !patch.write(among: files, in: view) { report.isUnwindable = false }
            try switchOver(to: patches, files, records, in: view.memory, &report)
        } catch {
            for patch in patches { patch.giveBack(after: error, files, in: view.memory) }
            throw error
        }
        report.replacedLevel = patches.flatMap(\.level.replaced).map(\.manifest.level).max()
        report.freed = Clearance(files: files).clear(view, superseded: patches.flatMap(\.level.replaced).map(\.patch))
    }

    /// Waits, where the patches are for several files, until the dynamic linker has mapped all that a program begins with.
    ///
    /// - Throws: ``PatchError/notYetLinked(path:)``.
    func requireOthers(
        of target: LoadedFile, among files: [LoadedFile], _ view: borrowing ProcessView
    ) throws(PatchError) {
        guard Set(patchers.map(\.patch.artefact.manifest.target.name)).count > 1 else { return }
        try LinkingState.requireLinked(target, among: files, view.map, view.memory)
    }

    /// Looks again for files that there is a patch for, once the dynamic linker is done.
    ///
    /// The kernel gives a map in pieces. One that was read while files were mapped can have a file that came later and lack
    /// one that came before, at a lower address.
    ///
    /// - Throws: ``PatchError/notYetLinked(path:)`` if there are others now.
    private func requireSame(_ targets: [LoadedFile], _ view: inout ProcessView) throws(PatchError) {
        try view.refresh()
        let now = try self.targets(among: try view.files()).map(\.target.loadBias)
        guard now == targets.map(\.loadBias) else { throw .notYetLinked(path: targets.first?.path ?? "") }
    }

    /// The files of the process that there is a patch for.
    ///
    /// - Throws: ``PatchError/targetNotMapped(_:)``, ``PatchError/mappedSeveralTimes(_:count:)``.
    private func targets(
        among files: [LoadedFile]
    ) throws(PatchError) -> [(patcher: Patcher, target: LoadedFile)] {
        var targets: [(patcher: Patcher, target: LoadedFile)] = []
        var missing: PatchError?
        for patcher in patchers {
            do throws(PatchError) {
                targets.append((patcher, try patcher.target(in: files)))
            } catch {
                guard case .targetNotMapped = error else { throw error }
                missing = missing ?? error
            }
        }
        if targets.isEmpty, let missing { throw missing }
        return targets
    }

    /// Replaces the entries; until then nothing in the process leads to the patches.
    private func switchOver(
        to patches: [PatchInProcess], _ files: [LoadedFile], _ records: [ResidentRecord],
        in memory: borrowing ProcessMemory, _ report: inout ProcessReport
    ) throws(PatchError) {
        var writes: [CodeSwitch.Write] = []
        var code: [ActiveCode.Run] = []
        var states: [CodeSwitch.StateChange] = []
        var hooks: [HookPlan] = []
        for patch in patches {
            guard let placement = patch.placement else { continue }
            let new = patch.level.writes(to: placement)
            // Two patches for one file may not replace the same function.
            let rival = new.first { write in writes.contains { $0.address == write.address } }
            if let rival { throw .replacedByOther(function: rival.function, patch: first.patch.id) }
            writes += new
            code += patch.patcher.originalRuns(in: patch.target) + patch.level.runs
            states.append(.init(of: placement.record, to: .applied))
            if let plan = HookPlan(
                of: placement.record, (.beforeApply, .afterApply), limit: patch.patcher.hookLimit)
            {
                hooks.append(plan)
                code.append(plan.run)
            }
        }
        let images = Set(patches.map(\.target.loadBias))
        let change = CodeSwitch(
            writes: writes, active: ActiveCode(code), states: states + patches.flatMap(\.level.states),
            jointSwitch: JointSwitch.number(for: images, among: records), hooks: hooks)
        let effort = try change.perform(in: memory, patience: first.patience)
        report.pause = effort.pause
        report.attempts = effort.attempts
        if let refusal = effort.refusal { throw memory.explained(refusal) }
    }
}
