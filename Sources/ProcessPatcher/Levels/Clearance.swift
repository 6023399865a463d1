// SPDX-License-Identifier: Apache-2.0

internal import LinuxSystem
internal import LivePatch

/// Gives back the memory of patches that are not in force any more.
///
/// The switch has seen that no thread is in them. What may still lead there is an address that the process keeps. The
/// builder tells whether the code hands any out, and the process's memory is searched for one: a parked coroutine would
/// return to it. Where the code does hand out addresses, the memory is given back by a later command at the earliest, so
/// that what was on its way has come to rest. Who is in doubt keeps the memory, and the next command tries again.
struct Clearance {
    /// The files that have room for the code that unmaps.
    let files: [LoadedFile]

    /// How long the threads may stand while one does not stop; who is in doubt keeps the memory.
    private static let limit = Duration.milliseconds(10)

    /// Gives back what is not needed.
    ///
    /// - Parameters:
    ///   - view: The process.
    ///   - superseded: The patches that this command has taken out of force.
    /// - Returns: How many bytes the process has got back. What cannot be given back stays, and is no failure.
    func clear(_ view: borrowing ProcessView, superseded: [ArtefactID]) -> UInt64 {
        guard let map = try? MemoryMap(of: view.process),
            let records = try? ResidentRecord.all(in: map, of: view.memory)
        else { return 0 }
        let idle = records.filter { record in
            guard record.state == .superseded || record.state == .reverted, record.manifest.hooks.isEmpty,
                let held = record.manifest.heldMemory, held.isEmpty || !superseded.contains(record.patch)
            else { return false }
            return !records.contains { other in
                other.region != record.region && other.variables.contains(where: record.region.contains)
            }
        }
        // Unwinders have addresses of what they know, and read what is there.
        .filter { record in
            !UnwindRegistration.isBegun(record, in: view.memory)
                || isEntered(record, view.memory) == false
                    && UnwindWithdrawal(of: record, among: files).perform(in: view.memory)
        }
        guard !idle.isEmpty else { return 0 }
        guard let led = try? led(to: idle, map, view.memory) else { return 0 }
        var freed: UInt64 = 0
        for record in idle where !led.contains(record.region) {
            guard isEntered(record, view.memory) == false, isLeft(record, view.memory) else { continue }
            do throws(PatchError) {
                try Reservation.release(record.region, files: files, in: view.memory)
                freed += record.region.size
            } catch {
                return freed
            }
        }
        return freed
    }

    /// The regions that some word leads to: all, if the search would take too long.
    private func led(
        to records: [ResidentRecord], _ map: MemoryMap, _ memory: borrowing ProcessMemory
    ) throws(SystemError) -> Set<Range<RemoteAddress>> {
        let sought = records.map { record in
            MemorySearch.Sought(region: record.region, parts: UnwindWithdrawal.partsBesideTables(of: record, memory))
        }
        return try MemorySearch(of: memory, map).led(to: sought, in: memory) ?? Set(records.map(\.region))
    }

    /// Whether no thread is in a patch, or returns to it: a coroutine may have been resumed there while the memory was searched.
    private func isLeft(_ record: ResidentRecord, _ memory: borrowing ProcessMemory) -> Bool {
        let run = ActiveCode.Run(
            function: record.patch.short, range: record.region, safe: [], endsInCall: false, countsStart: true)
        let check = CodeSwitch(writes: [], active: ActiveCode([run]), states: [])
        guard let outcome = try? check.perform(in: memory, limit: Self.limit, waited: .zero) else { return false }
        return outcome.refusal == nil
    }

    /// Whether an entry leads into a patch; nil if that cannot be read.
    private func isEntered(_ record: ResidentRecord, _ memory: borrowing ProcessMemory) -> Bool? {
        for entry in record.entries {
            guard let found = try? memory.read(entry.jump.count, at: entry.address) else { return nil }
            if found == entry.jump { return true }
        }
        return false
    }
}
