// SPDX-License-Identifier: Apache-2.0

internal import LinuxSystem
internal import LivePatch

/// Tells the unwinders of a process how to pass through a patch's code, before any of it is entered.
///
/// A thread that waits in the kernel is borrowed, as for hooks, but while all others run: the unwinder's lock is given free
/// by whoever has it. It is not given up, since it may have the lock itself; it ends alone whatever becomes of the patcher.
struct UnwindRegistration {
    let tables: Manifest.UnwindTables
    let unwinders: [RemoteAddress]
    private let record: ResidentRecord
    private let errand: UnwindErrand
    /// Whether a killed patcher may have left a thread that runs a hook.
    private let afterDeath: Bool

    /// How long a process is tried that can do without.
    private static let courtesy = Duration.milliseconds(20)

    /// Prepares; nil if the patch has no tables.
    ///
    /// - Parameters:
    ///   - record: The patch in the process.
    ///   - target: The file that it is for.
    ///   - files: The files of the process.
    ///   - memory: The process's memory, writable.
    ///   - afterDeath: Whether a patcher was killed while it switched.
    /// - Throws: ``PatchError/unwinderUnknown(path:)``, ``PatchError/unwinderNotFound``.
    init?(
        of record: ResidentRecord, for target: LoadedFile, among files: [LoadedFile],
        in memory: borrowing ProcessMemory, afterDeath: Bool = false
    ) throws(PatchError) {
        guard let tables = record.manifest.unwindTables, let hookArea = record.hookArea else {
            return nil
        }
        self.record = record
        self.afterDeath = afterDeath
        self.tables = tables
        let unwinders = try UnwinderSearch.registrations(
            for: tables, of: target, among: files, in: memory)
        self.unwinders = unwinders
        errand = UnwindErrand(in: hookArea, with: unwinders, among: files)
    }

    /// Whether unwinders may know of tables in a patch's memory, so that it must not be given back.
    static func isBegun(_ record: ResidentRecord, in memory: borrowing ProcessMemory) -> Bool {
        guard let area = record.hookArea.map(UnwindArea.init) else { return false }
        let words = [area.busy] + (0..<UnwindArea.unwinders).map { area.registered(inSlot: $0) }
        return words.contains { (try? memory.number(of: 8, at: $0)) != 0 }
    }

    /// Tells those unwinders that do not know yet.
    ///
    /// - Returns: Whether all of them know; false only for a patch that can do without.
    /// - Throws: ``PatchError/noThreadForUnwinding(last:)``, ``PatchError/unwindingUnfinished(thread:)``,
    ///   ``PatchError/hookRunning(thread:)``, ``PatchError/exited(_:)``, ``PatchError/system(_:)``.
    func perform(in memory: borrowing ProcessMemory, patience: Duration) throws(PatchError) -> Bool {
        let began = MonotonicInstant.now
        let deadline = began.advanced(by: tables.areRequired ? patience : min(patience, Self.courtesy))
        // Before anything is believed: a thread may be about to give the tables up.
        try errand.requireEmptyArea(memory, afterDeath: afterDeath)
        for (slot, function) in unwinders.enumerated() where try !isKnown(function, slot, memory) {
            var rest = Duration.milliseconds(1)
            let area = errand.area
            let arguments = area.arguments(
                function, record.patchBase.advanced(by: tables.offset), inSlot: slot)
            while try !errand.run(area.code(forSlot: slot), with: arguments, in: memory) {
                guard MonotonicInstant.now < deadline else {
                    guard tables.areRequired else { return false }
                    throw .noThreadForUnwinding
                }
                LinuxSystem.pause(for: rest)
                rest = min(rest * 2, .milliseconds(50))
            }
        }
        return true
    }

    private func isKnown(
        _ function: RemoteAddress, _ slot: Int, _ memory: borrowing ProcessMemory
    ) throws(PatchError) -> Bool {
        try about(memory.process) { () throws(SystemError) in
            try memory.number(of: 8, at: errand.area.registered(inSlot: slot))
                == function.rawValue
        }
    }
}
