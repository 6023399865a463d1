// SPDX-License-Identifier: Apache-2.0

internal import LinuxSystem
internal import LivePatch

/// The patches in a process in the light of one that is to be put there.
struct LevelChange {
    /// The patch itself, if it is in the process.
    let resident: ResidentRecord?
    /// The levels that are in force, or half so, and whose place it takes.
    let replaced: [ResidentRecord]

    /// Tells which patches are other levels of this one.
    ///
    /// - Parameters:
    ///   - patch: The patch that is to be put there.
    ///   - records: The patches in the process, for the same image of the target.
    ///   - allowsDowngrade: Whether it may take the place of a higher level.
    /// - Throws: ``PatchError/holdsNewerLevel(_:patch:)``, ``PatchError/levelHasHooks(_:)``.
    init(to patch: Patch, among records: [ResidentRecord], allowsDowngrade: Bool) throws(PatchError) {
        let manifest = patch.artefact.manifest
        var replaced: [ResidentRecord] = []
        for record in records where record.patch != patch.id && record.isInForce {
            switch manifest.relation(to: record.manifest) {
            case .replaces: replaced.append(record)
            case .isOlder:
                // A switch to the higher level that was cut short may be undone.
                guard allowsDowngrade || record.state == .switching else {
                    throw .holdsNewerLevel(record.manifest.level, patch: record.patch)
                }
                replaced.append(record)
            case .unrelated: break
            }
        }
        if !replaced.isEmpty {
            if !manifest.hooks.isEmpty { throw .levelHasHooks(patch.id) }
            if let other = replaced.first(where: { !$0.manifest.hooks.isEmpty }) { throw .levelHasHooks(other.patch) }
        }
        resident = records.first { $0.patch == patch.id }
        self.replaced = replaced
    }

    /// The entries that are written: those of the new level, and the restored ones that only the old ones have.
    func writes(to placement: Placement) -> [CodeSwitch.Write] {
        let new = placement.record
        var writes = zip(new.manifest.functions, new.entries).map { function, entry in
            let old = replaced.compactMap { $0.entry(at: entry.address) }
            return CodeSwitch.Write(
                function: function.name, address: entry.address, before: old.first?.jump ?? entry.original,
                after: entry.jump, tolerated: old.map(\.jump) + (old.isEmpty ? [] : [entry.original]))
        }
        for record in replaced {
            for (function, entry) in zip(record.manifest.functions, record.entries)
            where !writes.contains(where: { $0.address == entry.address }) {
                writes.append(
                    CodeSwitch.Write(
                        function: function.name, address: entry.address, before: entry.jump, after: entry.original,
                        tolerated: replaced.compactMap { $0.entry(at: entry.address)?.jump }))
            }
        }
        return writes
    }

    /// What becomes of the levels that are replaced.
    var states: [CodeSwitch.StateChange] {
        replaced.map { CodeSwitch.StateChange(of: $0, to: .superseded) }
    }

    /// The code of the levels that are replaced, which nobody may be in.
    var runs: [ActiveCode.Run] { replaced.flatMap(\.runs) }
}

extension ResidentRecord {
    /// The entry at an address.
    func entry(at address: RemoteAddress) -> Entry? { entries.first { $0.address == address } }

    /// The patch's code, by function and as a whole: nobody may be in it, not even before its first instruction.
    var runs: [ActiveCode.Run] {
        let named = manifest.functions.compactMap { function -> ActiveCode.Run? in
            let start = patchBase.advanced(by: function.replacementOffset)
            let end = start.advanced(by: function.replacementSize)
            guard start < end else { return nil }
            return ActiveCode.Run(
                function: function.name, range: start..<end, safe: [], endsInCall: false, countsStart: true)
        }
        return named + [
            ActiveCode.Run(function: patch.short, range: text, safe: [], endsInCall: true, countsStart: true)
        ]
    }
}
