// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CommandLineOutput
import LinuxSystem
import LivePatch
import ProcessPatcher

/// The application of a patch to processes, or of patches that are applied together.
struct Application: Equatable {
    /// Which processes are meant.
    enum Selection: Equatable {
        /// Those that have the target mapped.
        case all
        /// Certain ones.
        case these([ProcessID])
    }

    /// The patches' files.
    var files: [String]
    /// The processes.
    var processes: Selection
    /// The processes that are left alone although they are meant.
    var exclusions: Exclusions
    /// How long each is tried.
    var patience: Duration
    /// Whether a higher level may be left for the patch's.
    var allowsDowngrade = false
    /// Whether the hazards of going back are confirmed already.
    var isConfirmed = false
    /// What is said of the kernel.
    var kernel = KernelSettings()
    /// How to print the result.
    var output: Output

    /// Applies the patches and prints what became of it.
    ///
    /// - Throws: the exit code, if it is not 0; what it means has been printed.
    func run() throws {
        let patches = try files.map(readPatch)
        if patches.contains(where: \.artefact.isForKernel) {
            return try KernelApplication(self, alone: patches.count == 1).run()
        }
        guard processes != .these([]) else { throw ValidationError(SelectionOptions.rule) }
        try requireDifferentTargets(patches, files: files)
        let patchers = patches.map {
            Patcher($0, patience: patience, allowsDowngrade: allowsDowngrade, exclusions: exclusions)
        }
        guard let first = patchers.first else { return }
        let patcher = JointPatcher(first, Array(patchers.dropFirst()))
        var outcome = Outcome(.apply, of: patches.map { ($0.id, $0.artefact.manifest) })
        let concerned: [ProcessID]
        switch processes {
        case .all: concerned = try searching { () throws(PatchError) in try Discovery.processes() }
        case .these(let named): (concerned, outcome.reports) = existing(named, for: first.patch.id)
        }
        if allowsDowngrade, !isConfirmed { for patch in patches { try confirmWayBack(from: patch, in: concerned) } }
        let reports = reportInParallel(concerned) { patcher.apply(to: $0) }
        outcome.add(reports, searched: processes == .all)
        try outcome.finish(output)
    }

    /// A level that is left has hazards that are its own.
    private func confirmWayBack(from patch: Patch, in processes: [ProcessID]) throws {
        var left: [ArtefactID: ResidentRecord] = [:]
        for process in processes {
            for record in (try? PatchedProcess(process))?.records ?? [] where record.isInForce {
                if patch.artefact.manifest.relation(to: record.manifest) == .isOlder { left[record.patch] = record }
            }
        }
        for record in left.values.sorted(by: { $0.patch.description < $1.patch.description }) {
            try Confirmation(record).obtain()
        }
    }
}
