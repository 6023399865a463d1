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
    package func apply(to process: ProcessID) -> ProcessReport { JointPatcher(self).apply(to: process) }

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

    /// Finds out what is to be done in a process, and refuses what cannot be; nothing is changed.
    ///
    /// - Parameters:
    ///   - view: The process.
    ///   - target: The file that the patch is for.
    ///   - files: The files of the process.
    ///   - records: The patches in the process.
    /// - Returns: The patch on its way.
    /// - Throws: ``PatchError``.
    func prepare(
        _ view: borrowing ProcessView, _ target: LoadedFile, among files: [LoadedFile], _ records: [ResidentRecord]
    ) throws(PatchError) -> PatchInProcess {
        let level = try LevelChange(
            to: patch, among: records.filter { $0.loadBias == target.loadBias }, allowsDowngrade: allowsDowngrade)
        if let resident = level.resident, resident.state == .applied, try view.holdsAll(resident.entries) {
            return PatchInProcess(patcher: self, target: target, level: level, holds: true)
        }
        let known = (level.resident.map { [$0] } ?? []) + level.replaced
        try verifyOriginal(of: target, known: known, records: records, in: view.memory)
        let carried = try CarriedVariables(of: patch.artefact, from: level.replaced)
        try carried.requirePresence(in: view.map, of: patch.artefact.manifest)
        if needsLinkage { try LinkingState.requireLinked(target, among: files, view.map, view.memory) }
        let imported = try SymbolSearch.addresses(
            of: patch.artefact.imports, for: target, among: files, in: view.memory)
        return PatchInProcess(
            patcher: self, target: target, level: level, holds: false, carried: carried, imported: imported)
    }

    /// Whether the dynamic linker must be done with the target: symbols are looked up, or functions run.
    var needsLinkage: Bool {
        let manifest = patch.artefact.manifest
        return !patch.artefact.imports.isEmpty || !manifest.hooks.isEmpty || manifest.unwindTables?.areRequired == true
    }

    /// The code of the functions that are to be replaced.
    func originalRuns(in target: LoadedFile) -> [ActiveCode.Run] {
        patch.artefact.manifest.functions.flatMap { runs(of: $0, in: target) }
    }

    private func runs(of function: Manifest.ReplacedFunction, in target: LoadedFile) -> [ActiveCode.Run] {
        function.pieces.enumerated().map { index, piece in
            let start = target.address(of: piece.address)
            return ActiveCode.Run(
                function: function.name, range: start..<start.advanced(by: piece.size),
                // Nothing has been executed there, unless it was code that goes on in the function.
                safe: index == 0 && function.isContinued != true
                    ? [start, start.advanced(by: function.jumpOffset)] : [],
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
