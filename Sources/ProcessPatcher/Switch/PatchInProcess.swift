// SPDX-License-Identifier: Apache-2.0

internal import LinuxSystem
internal import LivePatch

/// One patch on its way into one process: what was found out, and then where it lies.
struct PatchInProcess {
    /// Who brings it.
    let patcher: Patcher
    /// The file that it is for.
    let target: LoadedFile
    /// The levels that it follows.
    let level: LevelChange
    /// Whether it is in force already.
    let holds: Bool
    /// The variables that it takes over; nil if there is nothing to be done.
    var carried: CarriedVariables?
    /// The addresses of the symbols that it imports.
    var imported: [ImportedSymbol: UInt64] = [:]
    /// Where it lies, once there is memory for it.
    private(set) var placement: Placement?
    /// Whether that memory was mapped now, and is not that of an earlier application.
    private(set) var isNew = false

    /// Finds memory for it, its own of before or new.
    ///
    /// - Throws: ``PatchError``; the process is as it was.
    mutating func reserve(
        in view: inout ProcessView, _ files: [LoadedFile], heapStart: RemoteAddress, mappingPause: inout Duration
    ) throws(PatchError) {
        let patch = patcher.patch
        guard let carried else { return }
        if let resident = level.resident {
            placement = try patcher.reuse(resident, in: view, imported: imported, carried: carried)
        }
        guard placement == nil else { return }
        let room = Reservation(
            patch, target: target, files: files, heapStart: heapStart, imported: imported, carried: carried)
        placement = try room.make(in: &view, mappingPause: &mappingPause)
        isNew = true
    }

    /// Copies it there, and has the unwinders told of it.
    ///
    /// - Returns: Whether all unwinders know.
    /// - Throws: ``PatchError``.
    func write(among files: [LoadedFile], in view: borrowing ProcessView) throws(PatchError) -> Bool {
        guard let placement else { return true }
        // What a killed patcher was switching to is complete, and may be in use.
        if level.resident?.state != .switching || isNew { try placement.write(in: view.memory) }
        let unwinding = try UnwindRegistration(
            of: placement.record, for: target, among: files, in: view.memory,
            afterDeath: !isNew && level.resident?.state == .switching)
        return try unwinding?.performOnceLinked(files, view, patience: patcher.patience) ?? true
    }

    /// Has unwinders told that were loaded since it was applied, as the first `pthread_cancel` loads one.
    ///
    /// - Returns: Whether all unwinders know.
    func tellLateUnwinders(among files: [LoadedFile], in view: borrowing ProcessView) -> Bool {
        guard let resident = level.resident else { return true }
        let late = try? UnwindRegistration(of: resident, for: target, among: files, in: view.memory)
        return (try? late?.performOnceLinked(files, view, patience: patcher.patience)) ?? (late == nil)
    }

    /// Gives new memory back after a failure.
    ///
    /// Nothing leads there yet, unless a hook has run or an unwinder knows of it. What cannot be given back is found and used
    /// by the next attempt.
    func giveBack(after error: PatchError, _ files: [LoadedFile], in memory: borrowing ProcessMemory) {
        guard isNew, let placement else { return }
        let isKnown =
            !patcher.patch.artefact.manifest.hooks.isEmpty && error.mayFollowHooks
            || UnwindRegistration.isBegun(placement.record, in: memory)
        if !isKnown { try? Reservation.release(placement.record.region, files: files, in: memory) }
    }
}
