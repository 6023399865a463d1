// SPDX-License-Identifier: Apache-2.0

internal import LinuxSystem
internal import LivePatch

/// Has the unwinders of a process give up the tables of a patch that is not in force any more, so that its memory can be
/// given back.
///
/// It is done as they were told (``UnwindRegistration``). The thread that calls `__deregister_frame_info` notes it in the
/// same breath, since the function ends a process that calls it twice; whoever dies meanwhile leaves either state whole. For the
/// same reason an unwinder that has been unloaded since, and perhaps loaded again, is not called.
struct UnwindWithdrawal {
    private let record: ResidentRecord
    private let files: [LoadedFile]

    /// How long a process is tried.
    private static let courtesy = Duration.milliseconds(20)

    /// Prepares for a patch that is in a process, and that no thread is in.
    init(of record: ResidentRecord, among files: [LoadedFile]) {
        self.record = record
        self.files = files
    }

    /// Whether no unwinder knows of the patch any more; if not, a later command may try again.
    func perform(in memory: borrowing ProcessMemory) -> Bool {
        guard let hookArea = record.hookArea else { return true }
        guard let known = try? registered(in: UnwindArea(in: hookArea), memory) else { return false }
        guard let pairs = try? functions(for: known.map(\.function), memory) else { return false }
        let errand = UnwindErrand(in: hookArea, with: known.map(\.function), among: files)
        guard (try? errand.requireEmptyArea(memory)) != nil else { return false }
        for (slot, function) in known {
            guard let isKnown = isKnown(errand.area.object(inSlot: slot), memory) else { return false }
            guard isKnown else {
                // The unwinder has gone, and its list with it.
                let note = errand.area.registered(inSlot: slot)
                guard (try? memory.write(littleEndian(UInt64(0)), at: note)) != nil else { return false }
                continue
            }
            guard let withdrawal = pairs[function] else { return false }
            let argument = errand.area.argument(withdrawal, inSlot: slot)
            let deadline = MonotonicInstant.now.advanced(by: Self.courtesy)
            while (try? errand.run(errand.area.withdrawal(fromSlot: slot), with: argument, in: memory)) != true {
                guard MonotonicInstant.now < deadline else { return false }
                LinuxSystem.pause(for: .milliseconds(1))
            }
        }
        return !UnwindRegistration.isBegun(record, in: memory)
    }

    /// Whether the process has the address of what an unwinder keeps of the tables; nil if that cannot be found out.
    private func isKnown(_ object: RemoteAddress, _ memory: borrowing ProcessMemory) -> Bool? {
        do throws(SystemError) {
            let map = try MemoryMap(of: memory.process)
            let sought = MemorySearch.Sought(region: record.region, parts: [object..<object])
            return try MemorySearch(of: memory, map).led(to: [sought], in: memory).map { !$0.isEmpty }
        } catch {
            return nil
        }
    }

    /// A patch's memory without its unwind tables and the area for threads.
    ///
    /// Unwinders leave addresses of tables that they have given up in memory that they have freed. Nobody else has any.
    static func partsBesideTables(
        of record: ResidentRecord, _ memory: borrowing ProcessMemory
    ) -> [Range<RemoteAddress>] {
        guard let tables = record.manifest.unwindTables, let area = record.hookArea else { return [record.region] }
        let start = record.patchBase.advanced(by: tables.offset)
        var end = start
        // A chain of entries, ended by a length of zero.
        while end < area.start, let length = try? memory.number(of: 4, at: end), length > 0,
            length <= end.advanced(by: 4).distance(to: area.start)
        {
            end = end.advanced(by: 4 + length)
        }
        let behind = min(area.start, RemoteAddress((end.rawValue + 4 + 0xfff) & ~0xfff))
        // What lies before them ends one byte before the address by which unwinders know them.
        return [record.region.lowerBound..<start.advanced(by: 0 &- 1), behind..<area.start].filter { !$0.isEmpty }
    }

    /// The slots of the unwinders that have the tables, and by which function each was told.
    private func registered(
        in area: UnwindArea, _ memory: borrowing ProcessMemory
    ) throws(SystemError) -> [(slot: Int, function: RemoteAddress)] {
        var known: [(slot: Int, function: RemoteAddress)] = []
        for slot in 0..<UnwindArea.unwinders {
            let function = try memory.number(of: 8, at: area.registered(inSlot: slot))
            if function != 0 { known.append((slot, RemoteAddress(function))) }
        }
        return known
    }

    /// What takes back what each function has registered; it is of the same file.
    private func functions(
        for registrations: [RemoteAddress], _ memory: borrowing ProcessMemory
    ) throws(SystemError) -> [RemoteAddress: RemoteAddress] {
        var found = try UnwinderSearch.withdrawals(for: registrations, among: files, in: memory)
        if let tables = record.manifest.unwindTables, let own = tables.registration, let back = tables.deregistration,
            let target = files.first(where: { $0.loadBias == record.loadBias })
        {
            found[target.address(of: own)] = target.address(of: back)
        }
        return found
    }
}
