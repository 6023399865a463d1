// SPDX-License-Identifier: Apache-2.0

package import LinuxSystem
package import LivePatch

/// Takes patches out of processes: the original functions are entered again.
///
/// The patch's memory stays, since a pointer into it may be left somewhere, and is used when the patch comes back.
package struct Reverter: Sendable {
    /// How long a process is tried while a thread is in the patch.
    package let patience: Duration
    /// How long each hook of the patch may take.
    package let hookLimit: Duration

    /// Prepares to revert.
    package init(patience: Duration = .seconds(3), hookLimit: Duration = .seconds(1)) {
        self.patience = patience
        self.hookLimit = hookLimit
    }

    /// Takes a patch out of a process, or tells why not.
    package func revert(_ patch: ArtefactID, in process: ProcessID) -> ProcessReport {
        var report = ProcessReport(process, patch)
        do throws(PatchError) {
            try revert(patch, in: process, &report)
        } catch {
            report.result = .init(error)
        }
        return report
    }

    private func revert(
        _ patch: ArtefactID, in process: ProcessID, _ report: inout ProcessReport
    ) throws(PatchError) {
        guard let view = try ProcessView(of: process, writable: true) else { throw .notPatched(patch) }
        let records = try view.records().filter { $0.patch == patch }
        guard !records.isEmpty else { throw .notPatched(patch) }
        report.name = try about(process) { () throws(SystemError) in try ProcessIdentity(of: process) }.name
        report.functions = records[0].manifest.functions.map(\.name)
        let applied = records.filter { $0.state == .applied || $0.state == .switching }
        guard !applied.isEmpty else {
            report.result = .already
            return
        }
        for record in applied {
            let effort = try change(of: record).perform(in: view.memory, patience: patience)
            report.pause = max(report.pause, effort.pause)
            report.attempts += effort.attempts
            if let refusal = effort.refusal { throw view.memory.explained(refusal) }
        }
    }

    /// The way back: nobody may be in the patch's text, not even before its first instruction.
    private func change(of record: ResidentRecord) -> CodeSwitch {
        let functions = record.manifest.functions
        let named = functions.compactMap { function -> ActiveCode.Run? in
            let start = record.patchBase.advanced(by: function.replacementOffset)
            let end = start.advanced(by: function.replacementSize)
            guard start < end else { return nil }
            return ActiveCode.Run(
                function: function.name, range: start..<end, safe: [], endsInCall: false, countsStart: true)
        }
        let whole = ActiveCode.Run(
            function: record.patch.short, range: record.text, safe: [], endsInCall: true, countsStart: true)
        let hooks = HookPlan(of: record, (.beforeRevert, .afterRevert), limit: hookLimit)
        return CodeSwitch(
            writes: zip(functions, record.entries).map { function, entry in
                CodeSwitch.Write(
                    function: function.name, address: entry.address, before: entry.jump, after: entry.original)
            },
            active: ActiveCode(named + [whole] + (hooks.map { [$0.run] } ?? [])), stateAddress: record.stateAddress,
            stateBefore: record.state, stateAfter: .reverted, hooks: hooks)
    }
}
