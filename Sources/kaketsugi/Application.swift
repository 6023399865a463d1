// SPDX-License-Identifier: Apache-2.0

import CommandLineOutput
import LinuxSystem
import LivePatch
import ProcessPatcher

/// The application of a patch to processes.
struct Application: Equatable {
    /// Which processes are meant.
    enum Selection: Equatable {
        /// Those that have the target mapped.
        case all
        /// Certain ones.
        case these([ProcessID])
    }

    /// The patch's file.
    var file: String
    /// The processes.
    var processes: Selection
    /// How long each is tried.
    var patience: Duration
    /// How to print the result.
    var output: Output

    /// Applies the patch and prints what became of it.
    ///
    /// - Throws: the exit code, if it is not 0; what it means has been printed.
    func run() throws {
        let patch = try readPatch(file)
        let patcher = Patcher(patch, patience: patience)
        var outcome = Outcome(.apply, of: patch.id, manifest: patch.artefact.manifest)
        let concerned: [ProcessID]
        switch processes {
        case .all:
            let found = try searching { () throws(PatchError) in
                try Discovery.users(of: patch.artefact.manifest.target.buildID)
            }
            concerned = found.processes
            outcome.forbidden = found.forbidden
        case .these(let named):
            (concerned, outcome.reports) = existing(named, for: patch.id)
        }
        let progress = ProgressLine()
        for (index, process) in concerned.enumerated() {
            progress.show("\(index + 1)/\(concerned.count)")
            outcome.reports.append(patcher.apply(to: process))
        }
        progress.clear()
        try outcome.finish(output)
    }
}
