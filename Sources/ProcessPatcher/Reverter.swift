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
        defer { ThreadGroup.letAbandonedGo(within: Patcher.farewell) }
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
        let all = try view.records()
        let records = all.filter { $0.patch == patch }
        guard !records.isEmpty else { throw .notPatched(patch) }
        report.name = try about(process) { () throws(SystemError) in try ProcessIdentity(of: process) }.name
        report.functions = records[0].manifest.functions.map(\.name)
        let others = try view.settle(all.filter { $0.patch != patch })
        let applied = try view.settle(records).filter(\.isInForce)
        guard !applied.isEmpty else {
            report.result = .already
            return
        }
        for record in applied {
            // Levels between which a patcher was killed go back together.
            let halves = others.filter { other in
                other.isInForce && other.loadBias == record.loadBias
                    && other.manifest.relation(to: record.manifest) != .unrelated
            }
            let effort = try change(of: record, and: halves).perform(in: view.memory, patience: patience)
            report.pause = max(report.pause, effort.pause)
            report.attempts += effort.attempts
            if let refusal = effort.refusal { throw view.memory.explained(refusal) }
        }
    }

    /// The way back: nobody may be in the patch's text, not even before its first instruction.
    private func change(of record: ResidentRecord, and halves: [ResidentRecord]) -> CodeSwitch {
        let hooks = HookPlan(of: record, (.beforeRevert, .afterRevert), limit: hookLimit)
        var writes: [CodeSwitch.Write] = []
        for part in [record] + halves {
            for (function, entry) in zip(part.manifest.functions, part.entries)
            where !writes.contains(where: { $0.address == entry.address }) {
                writes.append(
                    CodeSwitch.Write(
                        function: function.name, address: entry.address, before: entry.jump, after: entry.original,
                        tolerated: halves.compactMap { $0.entry(at: entry.address)?.jump }))
            }
        }
        return CodeSwitch(
            writes: writes,
            active: ActiveCode(([record] + halves).flatMap(\.runs) + (hooks.map { [$0.run] } ?? [])),
            stateAddress: record.stateAddress, stateBefore: record.state, stateAfter: .reverted,
            others: halves.map { CodeSwitch.StateChange(address: $0.stateAddress, before: $0.state, after: .reverted) },
            hooks: hooks)
    }
}
