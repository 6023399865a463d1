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

    /// Takes a patch out of a process, and others with it at the same instant, or tells why not.
    package func revert(
        _ patch: ArtefactID, with others: [ArtefactID] = [], in process: ProcessID
    ) -> ProcessReport {
        var report = ProcessReport(process, patch)
        defer { ThreadGroup.letAbandonedGo(within: Patcher.farewell) }
        do throws(PatchError) {
            try revert([patch] + others, in: process, &report)
        } catch {
            report.result = .init(error)
        }
        return report
    }

    private func revert(
        _ patches: [ArtefactID], in process: ProcessID, _ report: inout ProcessReport
    ) throws(PatchError) {
        guard var view = try ProcessView(of: process, writable: true) else { throw .notPatched(report.patch) }
        try view.settleLeftovers(in: try view.files(), patience: patience)
        let all = try view.records()
        let records = all.filter { patches.contains($0.patch) }
        guard !records.isEmpty else { throw .notPatched(report.patch) }
        report.name = try about(process) { () throws(SystemError) in try ProcessIdentity(of: process) }.name
        report.functions = Set(records.flatMap { $0.manifest.functions.map(\.name) }).sorted()
        let others = all.filter { !patches.contains($0.patch) }
        // What a patcher was killed over while it switched several together goes back together.
        let companions = Set(JointSwitch.companions(of: records, among: others).map(\.region))
        let settled = try view.settle(others)
        let applied = try view.settle(records).filter(\.isInForce)
        // So do levels between which a patcher was killed.
        let halves = settled.filter { other in
            other.isInForce
                && (companions.contains(other.region)
                    || applied.contains { record in
                        other.loadBias == record.loadBias
                            && other.manifest.relation(to: record.manifest) != .unrelated
                    })
        }
        guard !applied.isEmpty || !halves.isEmpty else {
            report.result = .already
            return
        }
        let effort = try change(of: applied, and: halves).perform(in: view.memory, patience: patience)
        report.pause = effort.pause
        report.attempts = effort.attempts
        if let refusal = effort.refusal { throw view.memory.explained(refusal) }
    }

    /// The way back: nobody may be in the patches' text, not even before its first instruction.
    private func change(of records: [ResidentRecord], and halves: [ResidentRecord]) -> CodeSwitch {
        let hooks = records.compactMap { HookPlan(of: $0, (.beforeRevert, .afterRevert), limit: hookLimit) }
        let parts = records + halves
        var writes: [CodeSwitch.Write] = []
        for part in parts {
            for (function, entry) in zip(part.manifest.functions, part.entries)
            where !writes.contains(where: { $0.address == entry.address }) {
                writes.append(
                    CodeSwitch.Write(
                        function: function.name, address: entry.address, before: entry.jump, after: entry.original,
                        tolerated: parts.compactMap { $0.entry(at: entry.address)?.jump }))
            }
        }
        return CodeSwitch(
            writes: writes, active: ActiveCode(parts.flatMap(\.runs) + hooks.map(\.run)),
            states: parts.map { CodeSwitch.StateChange(of: $0, to: .reverted) },
            jointSwitch: JointSwitch.number(for: Set(parts.map(\.loadBias)), among: parts), hooks: hooks)
    }
}
