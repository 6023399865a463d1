// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CommandLineOutput
import LinuxSystem
import LivePatch
import ProcessPatcher

/// What became of a command, over all processes.
struct Outcome {
    /// What was asked for.
    enum Kind: String {
        case apply
        case revert
    }

    let kind: Kind
    /// The patches, and what they say about themselves where that is known.
    let patches: [(id: ArtefactID, manifest: Manifest?)]
    /// A report for each process that was named or found.
    var reports: [ProcessReport] = []
    /// Processes that may not be looked into.
    var forbidden: [ProcessID] = []

    init(_ kind: Kind, of patches: [(id: ArtefactID, manifest: Manifest?)]) {
        self.kind = kind
        self.patches = patches
    }

    /// Adds what became of processes; of those that were only searched through, what does not use the target is no news.
    mutating func add(_ new: [ProcessReport], searched: Bool) {
        for report in new {
            switch report.result {
            case .skipped(.targetNotUsed), .skipped(.exited), .skipped(.itself), .skipped(.notPatched):
                if !searched { reports.append(report) }
            case .failed(.notPermitted(let process)) where searched: forbidden.append(process)
            case .skipped, .done, .already, .failed: reports.append(report)
            }
        }
    }

    /// How many processes have what was asked for.
    var held: Int { reports.count { $0.result == .done || $0.result == .already } }

    /// How many processes were concerned: what ended, and what does not use the target, is not.
    var concerned: Int {
        reports.count { report in
            if case .skipped = report.result { false } else { true }
        }
    }

    /// The exit code that the reports mean.
    var exitCode: ExitCode {
        // A process that not even CAP_SYS_PTRACE reaches is told about, and is no failure of this command.
        let mayHaveMissed = !forbidden.isEmpty && !Privilege.mayTraceOthers
        if concerned == 0 { return mayHaveMissed ? .nowhere : .noTarget }
        if held == 0 { return .nowhere }
        return held < concerned || mayHaveMissed ? .partly : .success
    }

    /// Prints the outcome and ends the command.
    func finish(_ output: Output) throws {
        print(try output.render(self))
        guard exitCode == .success else { throw exitCode }
    }
}
